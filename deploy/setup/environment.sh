#!/bin/sh
# Creates or repairs .venv: `environment.sh run` for the demo, `environment.sh test` with the tools of the tests.
# Everything comes from requirements/*.txt by hash. A second run with nothing changed only looks at a stamp.
set -eu
cd "$(dirname "$0")/../.."
kind=$1
stamp=.venv/hallkeeper.stamp

say() { printf 'hallkeeper: %s\n' "$*"; }
fail() {
    say "$*" >&2
    exit 2
}

# What the tests need includes what the demo needs: an environment is never made smaller.
if [ "$kind" = run ] && [ -f $stamp ] && grep -q '^test ' $stamp; then kind=test; fi
made_from="$kind $(cat deploy/setup/environment.sh pyproject.toml requirements/uv.txt "requirements/$kind.txt" | sha256sum | cut -c1-64)"

if [ -x .venv/bin/hallkeeper ] && .venv/bin/python -c '' 2>/dev/null && [ "$(cat $stamp 2>/dev/null)" = "$made_from" ]; then
    .venv/bin/python hatch_build.py
    [ "$kind" = run ] || .venv/bin/python -m tests.services.node_packages
    exit
fi

find_python() {
    for each in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
        if "$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$each"
            return
        fi
    done
    fail "no Python 3.11 or later as ${PYTHON:-python3, python3.14 … python3.11}." \
        "Install one (apt-get install -y python3), or name it: make demo PYTHON=/path/to/python3"
}

make_venv() {
    python=$(find_python)
    version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        package=python$version-venv
        if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null; then
            fail "$python cannot make environments. Run this, then try again: apt-get update && apt-get install -y $package"
        fi
        say "installing $package with apt-get ..."
        apt-get -qq update </dev/null >/dev/null
        DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$package" </dev/null >/dev/null
    fi
    say "making .venv with Python $version"
    "$python" -m venv --clear .venv
}

.venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || make_venv
# A set-up that is cut short is begun again, and still knows what it was for.
echo "$kind unfinished" >$stamp

uv=$(sed -n 's/^uv==\([^ ]*\).*/\1/p' requirements/uv.txt)
case "$(.venv/bin/uv --version 2>/dev/null || true)" in
"uv $uv" | "uv $uv "*) ;;
*)
    .venv/bin/python -m pip --version >/dev/null 2>&1 || .venv/bin/python -m ensurepip >/dev/null
    say "fetching uv $uv"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check --no-input \
        --require-hashes --only-binary :all: -r requirements/uv.txt </dev/null
    ;;
esac

say "fetching the packages of requirements/$kind.txt"
# Compiled once here: uv leaves it to the first import, which cannot keep the result where PYTHONDONTWRITEBYTECODE is
# set or the folder is read-only. Then every start compiles 1,000 modules again.
.venv/bin/uv pip sync --quiet --compile-bytecode --python .venv/bin/python --require-hashes \
    requirements/uv.txt "requirements/$kind.txt" </dev/null
say "building Hallkeeper and its pages"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e . </dev/null
[ "$kind" = run ] || .venv/bin/python -m tests.services.node_packages
echo "$made_from" >$stamp
say "ready: .venv/bin/hallkeeper"
