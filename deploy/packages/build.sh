#!/bin/sh
# Builds a Debian package for the release and processor of this machine: `build.sh hallkeeper-edge DIST` from the wheels in
# the folder DIST, and leaves it there. The same source makes the same bytes.
# RELEASE_KEYS: a file with the keys whose releases the edge accepts, in place of packages/release-keys.
# Its environment is /opt/hallkeeper, made with Debian's own Python from requirements/*.txt by hash. lgpio alone is compiled,
# which takes what `deploy/setup/system.sh packages` installs.
set -eu
package=$1
dist=$(realpath "$2")
cd "$(dirname "$0")/../.."
umask 022

case $package in
hallkeeper-edge)
    lock=edge wheel=hallkeeper_edge depends=""
    units="hallkeeper-edge.service hallkeeper-edge-update.service hallkeeper-edge-update.path"
    ;;
hallkeeper-controller)
    lock=controller wheel=hallkeeper depends=", mosquitto"
    units="hallkeeper-edge.service hallkeeper-controller.service hallkeeper-broker-files.service hallkeeper-broker-files.path"
    units="$units hallkeeper-backup.service hallkeeper-backup.timer hallkeeper-certificate.service hallkeeper-certificate.timer"
    ;;
*)
    echo "build.sh: which package, hallkeeper-edge or hallkeeper-controller?" >&2
    exit 2
    ;;
esac

python=/usr/bin/python3
series=$($python -c 'import sys; print("3.%d" % sys.version_info[1])')
next=$($python -c 'import sys; print("3.%d" % (sys.version_info[1] + 1))')
version=$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
release=$(. /etc/os-release && echo "$ID${VERSION_ID:-}")
architecture=$(dpkg --print-architecture)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
export SOURCE_DATE_EPOCH

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
environment=$root/opt/hallkeeper
put() { # FOLDER FILE...: files in a folder of the package
    folder=$root/$1
    shift
    install -D -m 644 -t "$folder" "$@"
}

.venv/bin/uv venv --quiet --python $python "$environment"
.venv/bin/uv pip sync --quiet --link-mode copy --python "$environment/bin/python" --require-hashes "requirements/$lock.txt"
.venv/bin/uv pip install --quiet --link-mode copy --no-deps --python "$environment/bin/python" "$dist/$wheel-$version-py3-none-any.whl"
# The library of the pins: Raspberry Pi OS has a package of it, Debian has none, and its wheels end before Debian 13's Python.
PYPI=1 CFLAGS=-g0 .venv/bin/uv pip install --quiet --link-mode copy --no-deps --python "$environment/bin/python" \
    --require-hashes -r deploy/packages/lgpio.txt
find "$environment/lib" -name '_lgpio*.so' -exec strip --strip-unneeded --remove-section=.note.gnu.build-id {} +
# The package's own place stands where uv wrote that of this build.
rm -f "$environment/.lock" "$environment/.gitignore" "$environment/CACHEDIR.TAG"
find "$environment/bin" ! -name 'python*' ! -name hallkeeper -type f -delete
grep -rlI "$environment" "$environment" | xargs -r sed -i "s#$environment#/opt/hallkeeper#g"
# Where each wheel lay on this machine is nobody's business, and the lists of files are uv's alone.
find "$environment" -path '*.dist-info/*' \( -name direct_url.json -o -name uv_cache.json -o -name RECORD \) -delete
$python -m compileall -q -j 0 -s "$root" --invalidation-mode unchecked-hash "$environment/lib"

mkdir -p "$root/usr/bin" "$root/etc/hallkeeper" "$root/DEBIAN"
for each in $units; do put usr/lib/systemd/system "deploy/systemd/$each"; done
install -D -m 644 deploy/systemd/hallkeeper.sysusers.conf "$root/usr/lib/sysusers.d/hallkeeper.conf"
install -D -m 644 deploy/systemd/hallkeeper-gpio.rules "$root/usr/lib/udev/rules.d/60-hallkeeper-gpio.rules"
put "usr/share/doc/$package" CHANGELOG.md deploy/README.md
install -m 644 LICENSE "$root/usr/share/doc/$package/copyright"
if [ $package = hallkeeper-edge ]; then
    # Only on a Pi that is an edge and nothing else: it is updated by signed releases (docs/updates.md).
    install -D -m 755 deploy/packages/hallkeeper.sh "$root/usr/bin/hallkeeper"
    install -D -m 644 deploy/systemd/hallkeeper-edge-launcher.conf "$root/usr/lib/systemd/system/hallkeeper-edge.service.d/launcher.conf"
    install -D -m 644 "${RELEASE_KEYS:-deploy/packages/release-keys}" "$root/usr/share/hallkeeper/release-keys"
    install -d -m 755 "$root/opt/hallkeeper-updates"
    put usr/lib/systemd/system.conf.d deploy/systemd/hallkeeper-watchdog.conf
    put usr/lib/systemd/journald.conf.d deploy/systemd/hallkeeper-journal.conf
else
    ln -s /opt/hallkeeper/bin/hallkeeper "$root/usr/bin/hallkeeper"
    put usr/share/hallkeeper/mosquitto deploy/mosquitto/hallkeeper.conf
    put usr/share/hallkeeper/mosquitto/listeners deploy/mosquitto/listeners/*.conf
    put usr/share/hallkeeper/nginx deploy/nginx/hallkeeper.conf
    # On a Pi that has the controller too, `hallkeeper setup hall` puts it in force.
    put usr/share/hallkeeper/systemd deploy/systemd/hallkeeper-watchdog.conf
    install -D -m 755 deploy/certificate/certificate.sh "$root/usr/lib/hallkeeper/certificate"
fi

for each in postinst prerm postrm; do
    sed "s/@UNITS@/$units/" "deploy/packages/$each" >"$root/DEBIAN/$each"
    chmod 755 "$root/DEBIAN/$each"
done
cat >"$root/DEBIAN/control" <<CONTROL
Package: $package
Version: $version+$release
Architecture: $architecture
Maintainer: Hallkeeper <packages@hallkeeper.invalid>
Installed-Size: $(du -sk "$root" | cut -f1)
Depends: python3 (>= $series), python3 (<< $next), systemd, tzdata$depends
$([ $package = hallkeeper-edge ] && echo "Suggests: iw, snmp" || printf '%s\n' "Conflicts: hallkeeper-edge" "Replaces: hallkeeper-edge" "Provides: hallkeeper-edge (= $version+$release)" "Recommends: restic" "Suggests: iw, snmp, nginx, lego, postgresql, postgresql-client")
Section: net
Priority: optional
Homepage: https://hallkeeper.invalid
Description: $([ $package = hallkeeper-edge ] && echo "doors and counters of a shared building, on a Raspberry Pi" || echo "bookings and door codes of shared buildings")
 Hallkeeper lets community groups into shared buildings by the codes of their
 bookings. $([ $package = hallkeeper-edge ] && echo "This is the agent alone, which works doors off the network." || echo "This is all of it: the controller and the agent.")
CONTROL
dpkg-deb --root-owner-group -Zxz -z1 --build "$root" "$dist" >/dev/null
echo "$dist/${package}_$version+${release}_$architecture.deb"
