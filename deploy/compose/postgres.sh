#!/bin/sh
# Makes the controller's role, which owns the database and is no superuser. The image runs it once, on an empty volume.
set -eu
psql -v ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname "$POSTGRES_DB" <<'SQL'
\set password `cat /run/secrets/database-password`
CREATE ROLE hallkeeper LOGIN CREATEROLE PASSWORD :'password';
ALTER DATABASE hallkeeper OWNER TO hallkeeper;
SQL
