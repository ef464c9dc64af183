#!/bin/bash
# A bare Debian 12 in a folder: nothing is there but apt. Needs root and mmdebstrap.
#
#   bare_debian.sh make DIR [PACKAGE...]        about 15 s and 200 MB; packages beside apt
#   bare_debian.sh run DIR COMMAND [ARG...]     as root in it, with mounts and processes of its own: nothing outlives the command
#   bare_debian.sh run-as DIR USER COMMAND...   as that user
#   bare_debian.sh remove DIR
#
# Exit code 3 of `make`: Debian's packages cannot be reached.
set -euo pipefail
errand=$1 root=$2
shift 2

inside() {
  # Where this is a changed root itself, "/" is no mount whose propagation could be set; whoever changed it has set it.
  # shellcheck disable=SC2016
  unshare --mount --propagation unchanged --pid --fork --kill-child bash -c '
    mountpoint -q / && mount --make-rprivate /
    mount --rbind /dev "$1/dev"; mount -t proc proc "$1/proc"; mount -t tmpfs tmpfs "$1/tmp"
    root=$1; shift
    exec chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
      http_proxy="${http_proxy-}" https_proxy="${https_proxy-}" "$@"' _ "$root" "$@"
}

case $errand in
  make)
    uri=http://deb.debian.org
    include=ca-certificates
    for package in "$@"; do include+=,$package; done
    mkdir -p "$root"
    if ! mmdebstrap --quiet --variant=minbase --mode=root --include="$include" bookworm "$root" "deb $uri/debian bookworm main" \
        "deb $uri/debian bookworm-updates main" "deb $uri/debian-security bookworm-security main"; then
      curl -fsS --max-time 30 -o /dev/null "$uri/debian/dists/bookworm/InRelease" && exit 1
      exit 3
    fi
    cp /etc/resolv.conf /etc/hosts "$root/etc/"
    # an authority that only this machine trusts stands before Debian's servers on some networks
    if cp /usr/local/share/ca-certificates/* "$root/usr/local/share/ca-certificates/" 2>/dev/null; then
      chroot "$root" update-ca-certificates >/dev/null 2>&1
    fi
    chroot "$root" useradd --create-home --shell /bin/bash visitor ;;
  run) inside "$@" ;;
  run-as)
    user=$1
    shift
    inside setpriv --reuid="$user" --regid="$user" --init-groups env HOME="/home/$user" USER="$user" "$@" ;;
  remove) rm -rf --one-file-system "$root" ;;
  *) sed -n '4,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac
