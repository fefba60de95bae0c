#!/bin/sh
# Makes Grafana's sign-in, which may only read the bucket. The image runs it once, on an empty volume.
set -eu
influx v1 auth create --username grafana --password "$(cat /run/secrets/influxdb-boards-password)" \
    --read-bucket "$DOCKER_INFLUXDB_INIT_BUCKET_ID" --org "$DOCKER_INFLUXDB_INIT_ORG"
