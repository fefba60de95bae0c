#!/bin/sh
# Makes what is missing of the secrets that compose.yaml names. Run it as root, who alone can open the folder; a container
# sees only the files that its service names.
set -eu
umask 077
mkdir -p "$(dirname "$0")/secrets"
cd "$(dirname "$0")/secrets"
for name in postgres-password database-password boards-password influxdb-password influxdb-token \
    influxdb-boards-password grafana-password; do
    [ -s $name ] || head -c 24 /dev/urandom | od -An -v -tx1 | tr -d ' \n' >$name
    chmod 444 $name
done
# Of the controller, as libpq reads it: only from its owner's file, with mode 600.
printf 'postgres:5432:hallkeeper:hallkeeper:%s\n' "$(cat database-password)" >database-pgpass
[ "$(id -u)" != 0 ] || chown 1883:1883 database-pgpass
