#!/bin/sh
# Sees to the programs of the system that Hallkeeper runs beside: `system.sh demo`, `system.sh test`, or what
# `make peers`, `make scale`, `make mrbs`, `make home-assistant`, `make packages` or `make pi` runs besides:
# `system.sh peers`, `system.sh scale`, `system.sh mrbs` and so on; `system.sh arm64` is for `make pi-arm64`.
# As root it installs what is missing with apt-get. Otherwise the demo goes on without mosquitto (its embedded
# broker stands in), while the tests, which skip nothing, stop with exit code 2 and the line to run.
set -eu
purpose=$1

say() { printf 'hallkeeper: %s\n' "$*"; }
have() { PATH="$PATH:/usr/sbin" command -v "$1" >/dev/null 2>&1; }
have_postgres() {
    have postgres && return
    for each in /usr/lib/postgresql/*/bin/postgres; do [ -x "$each" ] && return; done
    return 1
}

missing=
units=
need() {
    missing="$missing $1"
    units="$units $2"
}
there() { [ -e "$1" ]; }
have mosquitto || need mosquitto mosquitto.service
if [ "$purpose" = peers ]; then
    have prometheus || need prometheus prometheus.service
    have pebble || need pebble ""
    have lego || need lego ""
fi
if [ "$purpose" = scale ]; then
    have rabbitmq-server || need rabbitmq-server rabbitmq-server.service
    have haproxy || need haproxy haproxy.service
    have openssl || need openssl ""
fi
if [ "$purpose" = home-assistant ]; then
    # A newer Python than ours may be. Home Assistant itself comes from PyPI.
    .venv/bin/uv python find --no-python-downloads '>=3.13.2,<3.15' >/dev/null 2>&1 || need python3.13 ""
fi
if [ "$purpose" = mrbs ]; then
    # MRBS itself is not in Debian: this is what its release runs on.
    fpm=$(apt-cache depends php-fpm 2>/dev/null | sed -n 's/.*Depends: \(php[0-9.]*-fpm\)$/\1/p' || :)
    there /usr/sbin/php-fpm[0-9]* || need php-fpm "${fpm:-php-fpm}.service"
    for module in pgsql mbstring intl xml; do
        there /usr/lib/php/*/$module.so || need php-$module ""
    done
fi
if [ "$purpose" = test ]; then
    have mosquitto_pub || need mosquitto-clients ""
    # Chromium's shell draws the same pages with half of the CPU.
    have chromium-headless-shell || have chromium || need "chromium-headless-shell fonts-liberation" ""
    have systemd-analyze || need systemd ""
    have_postgres || need postgresql postgresql.service
    have nginx || need nginx nginx.service
    have restic || need restic ""
    have influxd || need influxdb influxdb.service
    have postfix || need postfix postfix.service
    have postgrey || need postgrey postgrey.service
    have dovecot || need dovecot-imapd "dovecot.service dovecot.socket"
    have strace || need strace ""
    have snmpd || need snmpd snmpd.service
    have snmpbulkwalk || need snmp ""
    [ -x /usr/lib/dovecot/lmtp ] || need dovecot-lmtpd ""
fi
if [ "$purpose" = test ] || [ "$purpose" = packages ]; then
    # Debian's own Python, by which its packages run, and what compiles lgpio for it.
    [ -x /usr/bin/python3 ] || need python3 ""
    there /usr/include/"$(readlink /usr/bin/python3)"/Python.h || need python3-dev ""
    have swig || need swig ""
    have gcc || need "gcc libc6-dev" ""
fi
if [ "$purpose" = pi ]; then
    # A virtual machine, Debian for its disk, and modules for its kernel.
    have qemu-system-x86_64 || need qemu-system-x86 ""
    have qemu-img || need qemu-utils ""
    have mmdebstrap || need mmdebstrap ""
    have mke2fs || need e2fsprogs ""
    have make || need build-essential ""
    have xz || need xz-utils ""
    there /usr/src/linux-headers-*-amd64 || need linux-headers-amd64 ""
    there /usr/src/linux-source-*.tar.xz || need linux-source ""
fi
if [ "$purpose" = arm64 ]; then
    # The same for a processor that this machine does not have.
    have qemu-system-aarch64 || need qemu-system-arm ""
    have qemu-aarch64 || need qemu-user-binfmt ""
    have arch-test || need arch-test ""
fi
# The package has systemd tell the kernel what runs programs for arm64. Where no systemd runs, it is told here, as root.
emulate() {
    if [ "$purpose" != arm64 ] || arch-test arm64 >/dev/null 2>&1; then return; fi
    there /proc/sys/fs/binfmt_misc/register || mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
    /usr/lib/systemd/systemd-binfmt qemu-aarch64.conf
}
if [ -z "$missing" ]; then
    emulate
    exit
fi

# Only what this Debian has: older ones have no package of Chromium's shell.
use_known_names() {
    apt-cache show chromium-headless-shell >/dev/null 2>&1 && return
    names=
    for each in $missing; do
        [ "$each" != chromium-headless-shell ] || each=chromium
        names="$names $each"
    done
    missing=$names
}
go_without() {
    if [ "$purpose" = demo ]; then
        say "mosquitto is not installed and $1: the demo runs its embedded broker, on loopback only"
        exit 0
    fi
    say "the tests need programs that are not installed, and $1. Run this, then try again:" >&2
    use_known_names
    printf '    apt-get update && apt-get install -y --no-install-recommends%s\n' "$missing" >&2
    exit 2
}

have apt-get || go_without "there is no apt-get here to install it with"
[ "$(id -u)" = 0 ] || go_without "this is not root"

log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() { DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get -qq "$@" >>"$log" 2>&1 </dev/null; }
say "installing$missing with apt-get (a minute or two) ..."
# shellcheck disable=SC2086
if ! apt update || ! { use_known_names; apt install -y --no-install-recommends $missing; }; then
    tail -n 15 "$log" >&2
    go_without "apt-get could not install it"
fi
# Debian starts what it installs. Hallkeeper starts its own on ports of its own, and leaves the machine's ports alone.
if [ -d /run/systemd/system ] && [ -n "$(echo $units)" ]; then
    # shellcheck disable=SC2086
    systemctl disable --now --quiet $units || say "could not stop$units: they listen on their usual ports"
fi
say "installed$missing"
emulate
