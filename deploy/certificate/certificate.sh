#!/bin/sh
# Gets the certificate of DOMAIN by ACME with DNS-01, or renews it in its last 30 days, with Debian's lego. From the
# environment: DOMAIN, EMAIL, PROVIDER (a name of `lego dnshelp`) with what that provider needs, STATE_DIRECTORY, and in
# LEGO_ARGS more for lego, such as --server URL.
set -eu
if [ -e "$STATE_DIRECTORY/certificates/$DOMAIN.crt" ]; then set -- renew --days 30 --no-random-sleep; else set -- run; fi
# shellcheck disable=SC2086
exec lego --accept-tos --path "$STATE_DIRECTORY" --email "$EMAIL" --dns "$PROVIDER" --domains "$DOMAIN" ${LEGO_ARGS:-} "$@"
