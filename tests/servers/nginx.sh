#!/bin/bash
# Prints the path of an nginx: the installed one, or Debian's package unpacked into a cache (installing it would start a service on port 80).
set -euo pipefail
if path=$(command -v nginx || ls /usr/sbin/nginx 2>/dev/null); then
  printf '%s\n' "$path"
  exit
fi
cache=${XDG_CACHE_HOME:-$HOME/.cache}/streamgauge-servers/nginx
if [ ! -x "$cache/usr/sbin/nginx" ]; then
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  (cd "$work" && apt-get download -qq nginx >&2 && dpkg-deb -x nginx_*.deb root)
  mkdir -p "$(dirname "$cache")"
  rm -rf "$cache"
  mv "$work/root" "$cache"
fi
printf '%s\n' "$cache/usr/sbin/nginx"
