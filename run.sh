#!/bin/bash
# Builds Streamgauge and runs it. As root or as a user with sudo, on Debian 12.
#
#   ./run.sh                 the application with a generated web log; without a display the same in the terminal, Ctrl-C ends it
#   ./run.sh ARGS...         the application with these arguments, such as ./run.sh /var/log/nginx/access.log
#   ./run.sh cli ARGS...     the command line, such as ./run.sh cli run --follow '/var/log/nginx/access.log*'
#   ./run.sh --help          this, and the application's arguments
#
# What is missing is installed from Debian's packages. Started again, nothing is done twice.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

case ${1-} in
  -h | --help | help)
    sed -n '2,9s/^# \{0,1\}//p' "$here/run.sh"
    [ -x "$here/build/release/app/streamgauge" ] && { echo; "$here/build/release/app/streamgauge" --help; }
    exit 0 ;;
esac

. "$here/installer/packages.sh"
# shellcheck disable=SC2086
install_missing "to build it" $build_packages
(cd "$here" && build release)

bin=$here/build/release/app
if [ "${1-}" = cli ]; then
  shift
  exec "$bin/streamgauge-cli" "$@"
fi
if [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
  exec "$bin/streamgauge" "$@" --start
fi
if [ $# -gt 0 ]; then
  say "there is no display for the window; the terminal has ./run.sh cli run (see ./run.sh cli help run)"
  exit 2
fi
say "no display: showing it in the terminal"
exec "$bin/streamgauge-cli" run --generate --rate 5000
