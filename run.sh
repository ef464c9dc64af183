#!/bin/bash
# Builds Streamgauge and runs it. As root or as a user with sudo, on Debian 12.
#
#   ./run.sh                 the demonstration: a generated web log, processed live in the terminal; Ctrl-C ends it
#   ./run.sh cli ARGS...     the command line, such as ./run.sh cli run --follow '/var/log/nginx/access.log*'
#   ./run.sh --help          this
#
# What is missing is installed from Debian's packages. Started again, nothing is done twice.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)

case ${1-} in
  "" | cli) ;;
  *)
    sed -n '2,8s/^# \{0,1\}//p' "$here/run.sh"
    case $1 in -h | --help | help) exit 0 ;; esac
    printf 'run.sh: unknown argument "%s"; known are cli and --help\n' "$1" >&2
    exit 2 ;;
esac

. "$here/installer/packages.sh"
# shellcheck disable=SC2086
install_missing "to build it" $build_packages
(cd "$here" && build release)

cli=$here/build/release/app/streamgauge-cli
if [ "${1-}" = cli ]; then
  shift
  exec "$cli" "$@"
fi
exec "$cli" run --generate --rate 5000
