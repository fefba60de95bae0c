#!/bin/sh
# Runs the broker, and ends it once the controller has revoked or renewed what it reads. Compose starts it again, so that
# revoked edges are disconnected at once. Edges reconnect within seconds and lose nothing.
set -eu
cd /etc/mosquitto/hallkeeper
files="ca.pem broker.pem crl.pem hallkeeper.acl"
state() { cat $files | sha256sum; }

until [ -s crl.pem ]; do sleep 1; done # the last that the controller writes
began=$(state)
mosquitto -c /mosquitto/config/mosquitto.conf &
broker=$!
trap 'kill $broker' TERM INT
while kill -0 $broker 2>/dev/null && [ "$(state)" = "$began" ]; do
    sleep 2 &
    wait $!
done
kill $broker 2>/dev/null || true
wait $broker
