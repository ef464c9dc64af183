#!/bin/bash
# Runs a command on a display of its own: Xvfb and openbox, both stopped at the end by their own process numbers.
#   with_display.sh [--size WxH] COMMAND...
set -u
size=1600x1000
if [ "${1-}" = --size ]; then size=$2; shift 2; fi
for tool in Xvfb openbox; do
  command -v "$tool" >/dev/null || { echo "with_display.sh: $tool is missing" >&2; exit 1; }
done
scratch=$(mktemp -d)
display_file=$scratch/display
managed_file=$scratch/managed
mkfifo "$display_file" "$managed_file"
Xvfb -displayfd 3 -screen 0 "${size}x24" -nolisten tcp -noreset 3>"$display_file" 2>"$scratch/xvfb.log" &
server=$!
manager=
finish() {
  [ -n "$manager" ] && kill "$manager" 2>/dev/null
  kill "$server" 2>/dev/null
  wait "$server" 2>/dev/null
  rm -rf "$scratch"
}
trap finish EXIT
trap 'exit 143' TERM INT
if ! read -r -t 20 number <"$display_file"; then
  cat "$scratch/xvfb.log" >&2
  echo "with_display.sh: Xvfb did not start" >&2
  exit 1
fi
export DISPLAY=:$number
unset WAYLAND_DISPLAY
export QT_QPA_PLATFORM=xcb XDG_RUNTIME_DIR=$scratch XDG_CONFIG_HOME=$scratch/config XDG_DATA_HOME=$scratch/data DBUS_SESSION_BUS_ADDRESS=disabled:
# A window that is shown before its manager is there may never be told that it can be seen.
openbox --startup "sh -c 'echo > $managed_file'" >/dev/null 2>&1 &
manager=$!
if ! read -r -t 20 _ <>"$managed_file"; then
  echo "with_display.sh: openbox did not start" >&2
  exit 1
fi
"$@"
