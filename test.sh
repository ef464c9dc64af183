#!/bin/bash
# Builds and tests Streamgauge, a real Elasticsearch included. As root or as a user with sudo, on Debian 12.
#
#   ./test.sh                       everything but the measurements
#   ./test.sh LABEL...              only unit, recovery, ui, integration, architecture or bench
#   ./test.sh asan|tsan [LABEL...]  the same under the compiler's sanitizers, without the window; unit and recovery when no label is named
#   ./test.sh fuzz [SECONDS]        any bytes through every format, until something is found or the time (600 s) is over
#   STREAMGAUGE_REQUIRE_REAL=1      a real server that cannot be had is a failure, not a skipped test
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

if [ "${1-}" = fuzz ]; then
  . installer/packages.sh
  # shellcheck disable=SC2086
  install_missing "to fuzz it" $build_packages $fuzz_packages
  exec tests/fuzz/run.sh "${2-600}"
fi

preset=ci
case ${1-} in
  asan | tsan)
    preset=$1; shift
    [ $# -gt 0 ] || set -- unit recovery
    export QTEST_FUNCTION_TIMEOUT=${QTEST_FUNCTION_TIMEOUT-3600000} # ms; ten times slower is no hang
    export ASAN_OPTIONS=${ASAN_OPTIONS-detect_leaks=1:abort_on_error=1} UBSAN_OPTIONS=${UBSAN_OPTIONS-print_stacktrace=1:halt_on_error=1}
    export TSAN_OPTIONS=${TSAN_OPTIONS-halt_on_error=1:second_deadlock_stack=1:suppressions=$PWD/tests/support/tsan.supp} ;;
esac

labels=
for label in "$@"; do
  case $label in
    unit | recovery | ui | integration | architecture | bench) labels+=${labels:+|}$label ;;
    -h | --help) sed -n '2,8s/^# \{0,1\}//p' test.sh; exit 0 ;;
    *) printf 'test.sh: unknown label "%s"; known are unit, recovery, ui, integration, architecture, bench\n' "$label" >&2; exit 2 ;;
  esac
done
if [ -z "$labels" ]; then select=(-LE '^bench$'); else select=(-L "^($labels)\$"); fi

. installer/packages.sh
# shellcheck disable=SC2086
install_missing "to build it" $build_packages
case $labels in
  "" | *unit*)
    # shellcheck disable=SC2086
    install_missing "to make what is generated anew" $script_test_packages ;;
esac
case $labels in
  "" | *ui*)
    # shellcheck disable=SC2086
    install_missing "to test the window on a display of its own" $window_test_packages ;;
esac
case $labels in
  "" | *integration*)
    # shellcheck disable=SC2086
    install_missing "to read real web servers' logs" $web_server_packages
    # shellcheck disable=SC2086
    install_missing "to compare places" $place_test_packages
    # shellcheck disable=SC2086
    install_missing "to read docker-compose.yaml" $compose_test_packages
    # shellcheck disable=SC2086
    install_missing "to make and try the package" $packaging_packages $package_test_packages ;;
esac
case $labels in
  "" | *integration* | *recovery* | *bench*)
    # shellcheck disable=SC2086
    install_missing "to test against a real Elasticsearch" $server_packages
    if ! curl -fsS --max-time 30 -o /dev/null https://repo.maven.apache.org/maven2/junit/junit/4.13.2/junit-4.13.2.pom; then
      say "Maven Central cannot be reached: tests against a real Elasticsearch need it${STREAMGAUGE_REQUIRE_REAL:+, and are required}"
    fi ;;
esac
export HOME=${HOME:-$(getent passwd "$(id -u)" | cut -d: -f6)}

begin=$SECONDS
build "$preset"
built=$SECONDS
status=0
ctest --test-dir "build/$preset" --output-on-failure --no-tests=error --parallel 2 "${select[@]}" || status=$?
say "built in $((built - begin)) s, tested in $((SECONDS - built)) s: $([ "$status" = 0 ] && echo passed || echo FAILED)"
exit "$status"
