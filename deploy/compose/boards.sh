#!/bin/sh
# What Grafana may read of the database, and its role: docs/grafana.md. Run it once the controller has started, and again
# after each upgrade.
set -eu
psql -q -1 -v ON_ERROR_STOP=1 --username hallkeeper --dbname hallkeeper -f - <<'SQL'
\set password `cat /run/secrets/boards-password`
\i /boards/functions.sql
ALTER ROLE hallkeeper_boards PASSWORD :'password';
SQL
