#!/bin/bash
# Runs a command beside a keyring of its own: a session bus and gnome-keyring in a scratch home, both ended with the session.
set -u
for tool in dbus-run-session gnome-keyring-daemon; do
  command -v "$tool" >/dev/null || { echo "with_keyring.sh: $tool is missing" >&2; exit 1; }
done
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch XDG_RUNTIME_DIR=$scratch/run XDG_CONFIG_HOME=$scratch/config XDG_DATA_HOME=$scratch/data
mkdir -m 700 "$XDG_RUNTIME_DIR"
unset DBUS_SESSION_BUS_ADDRESS
dbus-run-session -- bash -c '
  printf only-for-this-test | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
  "$@"' with_keyring "$@"
