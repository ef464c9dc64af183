#!/bin/bash
# Builds the installers: build/PRESET/packages/streamgauge_*.deb, *.tar.gz and *.sh (a self-extracting archive).
#
#   installer/package.sh [PRESET]     release, unless another is named
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
preset=${1-release}
. installer/packages.sh
# shellcheck disable=SC2086
install_missing "to build it" $build_packages $packaging_packages
# the packages carry the day of the newest commit
[ ! -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
build "$preset"
rm -rf "build/$preset/packages"
log=$(mktemp)
(cd "build/$preset" && cpack --config CPackConfig.cmake >"$log" 2>&1) || { cat "$log" >&2; rm -f "$log"; say "packing failed"; exit 1; }
rm -f "$log"
find "$PWD/build/$preset/packages" -maxdepth 1 -type f \( -name '*.deb' -o -name '*.tar.gz' -o -name '*.sh' \) | sort
