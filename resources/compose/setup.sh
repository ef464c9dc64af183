#!/bin/sh
# The set-up jobs of docker-compose.yaml; plain sh and curl. Each can be run again: what is there and right stays.
#
#   setup.sh install           the index templates, and the dashboards when KIBANA_URL is set
#   setup.sh certificates DIR  a CA and a certificate for CERTIFICATE_HOSTS (a,b), with Elasticsearch's own tool
#   setup.sh kibana-password   gives the user kibana_system KIBANA_PASSWORD
#   setup.sh api-key           makes an API key that may do what Streamgauge needs, and prints it once
#
# ELASTICSEARCH_URL; STREAMGAUGE_ES_USER, STREAMGAUGE_ES_PASSWORD and STREAMGAUGE_ES_CA when the server wants them; INDEX_PREFIX.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
prefix=${INDEX_PREFIX:-streamgauge}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() { printf 'setup: %s\n' "$*" >&2; exit 1; }
say() { printf 'setup: %s\n' "$*"; }
quoted() { printf '%s' "$1" | sed 's/[\\"]/\\&/g'; }

# What must not stand in a command line, for curl's standard input.
secrets() {
  [ -z "${STREAMGAUGE_ES_USER:-}" ] ||
    printf 'user = "%s:%s"\n' "$(quoted "$STREAMGAUGE_ES_USER")" "$(quoted "${STREAMGAUGE_ES_PASSWORD:-}")"
  [ -z "${STREAMGAUGE_ES_CA:-}" ] || printf 'cacert = "%s"\n' "$(quoted "$STREAMGAUGE_ES_CA")"
}

# ask METHOD URL [CURL OPTION...]: the answer is in $work/answer, its status in $status
ask() {
  method=$1 url=$2
  shift 2
  status=$(secrets | curl -sS -K - --noproxy '*' --max-time 120 -X "$method" -o "$work/answer" -w '%{http_code}' "$@" "$url") ||
    die "$url does not answer"
}
answer() { head -c 600 "$work/answer"; }

elasticsearch() { printf '%s' "${ELASTICSEARCH_URL:?}"; }

# A file of ours for the prefix: it stands in names only.
ours() { sed "s/streamgauge-/$prefix-/g" "$1"; }

# Each template as the program would put it: its path on one line, its body on the next.
install_templates() {
  ours "$here/index-templates.txt" > "$work/templates"
  # All are looked at before any is written.
  while read -r path && read -r body; do
    name=${path##*/}
    new=$(printf '%s' "$body" | sed -n 's/^{"version":\([0-9]*\).*/\1/p')
    ask GET "$(elasticsearch)$path"
    case $status in
      404) ;;
      200)
        grep -q '"managed_by":"streamgauge"' "$work/answer" ||
          die "the template $name is there and not Streamgauge's: remove it, or choose another INDEX_PREFIX"
        old=$(sed -n 's/.*"version":\([0-9]*\).*/\1/p' "$work/answer")
        if [ "${old:-0}" -gt "$new" ]; then
          say "the template $name is version $old, newer than $new: it stays"
          continue
        fi ;;
      *) die "the template $name cannot be read: HTTP $status $(answer)" ;;
    esac
    printf '%s\n%s\n' "$path" "$body" >> "$work/due"
  done < "$work/templates"
  [ -s "$work/due" ] || return 0
  while read -r path && read -r body; do
    printf '%s' "$body" > "$work/body"
    ask PUT "$(elasticsearch)$path" -H 'Content-Type: application/json' --data-binary "@$work/body"
    [ "$status" = 200 ] || die "the template ${path##*/} is refused: HTTP $status $(answer)"
  done < "$work/due"
  say "the templates $prefix-* are in place, version $new"
}

install_dashboards() {
  ask GET "$KIBANA_URL/api/status"
  [ "$status" = 200 ] || die "Kibana is not ready: HTTP $status"
  version=$(sed -n 's/.*"number":"\([0-9]*\.[0-9]*\).*/\1/p' "$work/answer")
  case $version in
    [123].* | 7.17 | 8.[0-8]) bundle=streamgauge-7.17-8.8.ndjson ;;
    8.* | 9.* | [1-9][0-9].*) bundle=streamgauge-8.9-9.ndjson ;;
    *) die "Kibana's version is \"$version\", but must be 7.17 or later" ;;
  esac
  ours "$here/../kibana/$bundle" > "$work/streamgauge.ndjson"
  ask POST "$KIBANA_URL/api/saved_objects/_import?overwrite=true" -H 'kbn-xsrf: true' -H 'osd-xsrf: true' \
    -F "file=@$work/streamgauge.ndjson;type=application/ndjson"
  if [ "$status" != 200 ] || ! grep -q '"success":true' "$work/answer" || grep -q '"errors":\[{' "$work/answer"; then
    die "Kibana did not import the dashboards: HTTP $status $(answer)"
  fi
  say "the dashboards are in Kibana $version"
}

case ${1:-} in
  install)
    install_templates
    [ -z "${KIBANA_URL:-}" ] || install_dashboards ;;
  certificates)
    target=${2:?a folder}
    for name in ELASTIC_PASSWORD KIBANA_PASSWORD KIBANA_ENCRYPTION_KEY; do
      eval "value=\${$name:-}"
      [ -n "$value" ] || die "$name is empty: copy .env.example to .env and set it there"
    done
    if [ -s "$target/server.crt" ]; then
      say "the certificates are there"
      exit 0
    fi
    tool=${CERTUTIL:-/usr/share/elasticsearch/bin/elasticsearch-certutil}
    "$tool" ca --silent --pem --days 3650 --out "$work/ca.zip"
    unzip -q "$work/ca.zip" -d "$work"
    "$tool" cert --silent --pem --days 3650 --ca-cert "$work/ca/ca.crt" --ca-key "$work/ca/ca.key" --name server \
      --dns "${CERTIFICATE_HOSTS:-localhost}" --ip 127.0.0.1 --out "$work/server.zip"
    unzip -q "$work/server.zip" -d "$work"
    # The CA's key is not kept: nobody can sign with it later. The server's certificate comes last, as the sign that all is there.
    cat "$work/ca/ca.crt" > "$target/ca.crt"
    (umask 077 && cat "$work/server/server.key" > "$target/server.key")
    [ -z "${CERTIFICATE_OWNER:-}" ] || chown "$CERTIFICATE_OWNER" "$target/server.key"
    cat "$work/server/server.crt" "$work/ca/ca.crt" > "$target/server.crt"
    say "certificates for ${CERTIFICATE_HOSTS:-localhost} are in $target" ;;
  kibana-password)
    (umask 077 && printf '{"password":"%s"}' "$(quoted "${KIBANA_PASSWORD:?}")" > "$work/body")
    ask POST "$(elasticsearch)/_security/user/kibana_system/_password" -H 'Content-Type: application/json' --data-binary "@$work/body"
    [ "$status" = 200 ] || die "the password of kibana_system is refused: HTTP $status $(answer)"
    say "kibana_system has its password" ;;
  api-key)
    cat > "$work/body" <<END
{"name":"streamgauge","role_descriptors":{"streamgauge":{"cluster":["monitor","manage_index_templates"],
"indices":[{"names":["$prefix-*"],"privileges":["create_doc","auto_configure","view_index_metadata"]}]}}}
END
    ask POST "$(elasticsearch)/_security/api_key" -H 'Content-Type: application/json' --data-binary "@$work/body"
    [ "$status" = 200 ] || die "the API key is refused: HTTP $status $(answer)"
    id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$work/answer")
    key=$(sed -n 's/.*"api_key":"\([^"]*\)".*/\1/p' "$work/answer")
    [ -n "$id" ] && [ -n "$key" ] || die "the answer holds no API key"
    printf 'STREAMGAUGE_ES_API_KEY=%s\n' "$(printf '%s:%s' "$id" "$key" | base64 | tr -d '\n')" ;;
  *)
    sed -n '4,7s/^# \{0,1\}//p' "$0" >&2
    exit 2 ;;
esac
