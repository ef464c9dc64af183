#!/bin/bash
# A real Elasticsearch for the tests, on free ports of 127.0.0.1.
#
#   elasticsearch.sh start DIR [SETTING=VALUE ...]   prints its URL; a second start of DIR keeps port and data
#   elasticsearch.sh install DIR                     only puts it there, so that its configuration can be changed
#   elasticsearch.sh stop|kill9|pause|resume DIR
#
# The distribution comes from Maven Central once, into ${XDG_CACHE_HOME:-~/.cache}/streamgauge. Exit 3: it cannot be fetched.
set -euo pipefail

version=7.17.29
verb=${1:?start, install, stop, kill9, pause or resume}
mkdir -p "${2:?a folder}"
dir=$(cd "$2" && pwd)
shift 2
home=$dir/elasticsearch-$version

await_end() {
    for _ in $(seq 600); do
        [ -d "/proc/$1" ] || return 0
        [ "$(cut -d' ' -f3 "/proc/$1/stat" 2>/dev/null || echo Z)" = Z ] && return 0
        sleep 0.05
    done
    return 1
}

fetch() {
    local cache=${XDG_CACHE_HOME:-$HOME/.cache}/streamgauge
    zip=$cache/elasticsearch-$version.zip
    mkdir -p "$cache"
    exec 9>"$cache/.fetching" && flock 9 # several test programs may start at once
    if [ ! -s "$zip" ]; then
        local fresh
        fresh=$(mktemp -d "$cache/fresh.XXXXXX")
        if ! mvn -q -B org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy \
            "-Dartifact=org.elasticsearch.distribution.integ-test-zip:elasticsearch:$version:zip" "-DoutputDirectory=$fresh" >&2; then
            rm -rf "$fresh"
            echo "Elasticsearch $version cannot be fetched from Maven Central" >&2
            exit 3
        fi
        mv "$fresh/elasticsearch-$version.zip" "$zip"
        rm -rf "$fresh"
    fi
    exec 9>&-
}

install() {
    fetch
    unzip -q "$zip" -d "$dir"
    mkdir -p "$dir/tmp"
    cat > "$home/config/elasticsearch.yml" <<'END'
cluster.name: streamgauge-test
discovery.type: single-node
network.host: 127.0.0.1
http.port: 0
transport.port: 0
cluster.routing.allocation.disk.threshold_enabled: false
ingest.geoip.downloader.enabled: false
xpack.security.enabled: false
END
    # The minimal distribution does not know every setting of the full one.
    [ -d "$home/modules/ingest-geoip" ] || sed -i '/geoip/d' "$home/config/elasticsearch.yml"
    # It refuses to run as root; a folder made by root must then be reachable for nobody.
    if [ "$(id -u)" = 0 ]; then
        chmod 755 "$dir"
        chown -R 65534:65534 "$home" "$dir/tmp"
    fi
}

start() {
    local java=${JAVA_HOME:-}
    [ -n "$java" ] || java=$(dirname "$(dirname "$(readlink -f "$(command -v java)")")")
    [ -d "$home" ] || install
    local as=() flags=()
    [ "$(id -u)" = 0 ] && as=(setpriv --reuid=65534 --regid=65534 --clear-groups)
    [ -s "$dir/port" ] && flags+=(-E "http.port=$(cat "$dir/port")")
    for setting in "$@"; do flags+=(-E "$setting"); done
    : > "$dir/out"
    # The launcher ends in exec: the pid stays.
    setsid "${as[@]}" env -i PATH="$PATH" HOME="$dir/tmp" ES_JAVA_HOME="$java" ES_TMPDIR="$dir/tmp" ES_JAVA_OPTS="-Xms512m -Xmx512m" \
        "$home/bin/elasticsearch" "${flags[@]}" < /dev/null > "$dir/out" 2>&1 &
    local pid=$! port=
    echo "$pid" > "$dir/pid"
    for _ in $(seq 1200); do
        port=$(sed -n 's/.*HttpServerTransport.*publish_address {127\.0\.0\.1:\([0-9]*\)}.*/\1/p' "$dir/out" | head -1)
        [ -n "$port" ] && grep -q 'started$\|\] started' "$dir/out" && break
        if [ ! -d "/proc/$pid" ]; then
            tail -20 "$dir/out" >&2
            exit 1
        fi
        sleep 0.05
    done
    [ -n "$port" ] || { tail -20 "$dir/out" >&2; kill -9 "$pid"; exit 1; }
    echo "$port" > "$dir/port"
    echo "http://127.0.0.1:$port"
}

case $verb in
start) start "$@" ;;
install) [ -d "$home" ] || install ;;
stop) kill "$(cat "$dir/pid")" && await_end "$(cat "$dir/pid")" ;;
kill9) kill -9 "$(cat "$dir/pid")" && await_end "$(cat "$dir/pid")" ;;
pause) kill -STOP "$(cat "$dir/pid")" ;;
resume) kill -CONT "$(cat "$dir/pid")" ;;
*) echo "elasticsearch.sh: unknown verb $verb" >&2; exit 2 ;;
esac
