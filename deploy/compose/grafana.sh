#!/bin/sh
# Its data sources take secrets from the environment alone; of files the image reads only Grafana's own settings.
set -eu
HALLKEEPER_POSTGRES_PASSWORD=$(cat /run/secrets/boards-password)
HALLKEEPER_INFLUX_TOKEN=grafana:$(cat /run/secrets/influxdb-boards-password)
export HALLKEEPER_POSTGRES_PASSWORD HALLKEEPER_INFLUX_TOKEN
exec /run.sh "$@"
