#!/bin/bash
# A real OpenSearch 2.19.1 for the tests, on free ports of 127.0.0.1, without plugins (no security, no ISM).
#
#   opensearch.sh start DIR [SETTING=VALUE ...]   prints its URL; a second start of DIR keeps port and data
#   opensearch.sh stop|kill9|pause|resume DIR
#
# Its jars come from Maven Central once, into ${XDG_CACHE_HOME:-~/.cache}/streamgauge. Exit 3: they cannot be fetched.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lifecycle.sh"

verb=${1:?start, stop, kill9, pause or resume}
mkdir -p "${2:?a folder}"
dir=$(cd "$2" && pwd)
shift 2
jars=$cache/opensearch-2.19.1

fetch() {
    [ ! -d "$jars" ] || return 0
    local fresh status=0
    fresh=$(mktemp -d "$cache/fresh.XXXXXX")
    mvn -q -B -f "$here/opensearch.xml" org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
        "-DoutputDirectory=$fresh" >&2 && mv "$fresh" "$jars" || status=1
    rm -rf "$fresh"
    return $status
}

start() {
    locked fetch || unreachable "OpenSearch 2.19.1"
    mkdir -p "$dir/repository"
    local port=0
    [ ! -s "$dir/port" ] || port=$(cat "$dir/port")
    : > "$dir/out"
    setsid java -Xms512m -Xmx512m -cp "$jars/*" "$here/OpenSearchNode.java" "$dir" "http.port=$port" "$@" < /dev/null > "$dir/out" 2>&1 &
    local pid=$!
    echo "$pid" > "$dir/pid"
    await_port "$pid" http
}

case $verb in
start) start "$@" ;;
*) lifecycle "$verb" ;;
esac
