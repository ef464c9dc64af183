#!/bin/bash
# Prints the folder of prometheus and promtool: the installed ones, or Debian's package unpacked into a cache (installing it would start a
# service on port 9090).
set -euo pipefail
if path=$(command -v promtool) && command -v prometheus >/dev/null; then
  dirname "$path"
  exit
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/streamgauge-servers/prometheus
if [ ! -x "$cache/usr/bin/promtool" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && apt-get download -qq prometheus >&2 && dpkg-deb -x prometheus_*.deb root)
  mkdir -p "$(dirname "$cache")"
  rm -rf "$cache"
  mv "$work/root" "$cache"
fi
printf '%s\n' "$cache/usr/bin"
