#!/bin/sh
# Compiles requirements/*.txt from pyproject.toml: every version and hash, no address, Python 3.11 and later.
# `deploy/setup/lock.sh --upgrade` takes the newest versions, without it what is locked stays where it can.
set -eu
cd "$(dirname "$0")/../.."

lock_for() {
    python=$1 out=$2
    shift 2
    env -u PIP_FIND_LINKS -u UV_FIND_LINKS .venv/bin/uv pip compile --quiet \
        --universal --python-version "$python" --generate-hashes --no-annotate \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
        --output-file "$out" "$@"
    echo "locked $out"
}
lock() {
    name=$1
    shift
    lock_for 3.11 "requirements/$name.txt" "$@"
}

run="--extra edge --extra controller --extra postgres --extra influx --extra sim --group build"
# shellcheck disable=SC2086
lock run pyproject.toml $run "$@"
# shellcheck disable=SC2086
lock test pyproject.toml $run --extra dev --constraint requirements/run.txt "$@"
lock controller pyproject.toml --extra edge --extra controller --extra postgres --extra influx \
    --constraint requirements/run.txt "$@"
lock edge pyproject.toml --extra edge --constraint requirements/run.txt "$@"
lock uv requirements/uv.in --constraint requirements/test.txt "$@"
# What `make home-assistant` runs beside us, in an environment of its own.
peer=tests/services/home_assistant/requirements
lock_for 3.13.2 $peer.txt $peer.in "$@"
