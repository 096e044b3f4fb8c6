#!/usr/bin/env bash
# Write requirements/run.txt and requirements/dev.txt: every package at one version, with the digests of its files.
# Usage: scripts/lock.sh UV [--upgrade]      (UV: the uv program; versions already locked stay unless --upgrade)
# They hold for every supported Python and system, and name no registry: pip takes files from wherever it is set to.
set -euo pipefail
cd "$(dirname "$0")/.."
uv=${1:?usage: scripts/lock.sh UV [--upgrade]}
shift
more=("$@")

lock() {  # OUTPUT, then what to lock
  local output=$1
  shift
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --custom-compile-command 'make lock' \
    --output-file "$output" ${more[@]+"${more[@]}"} "$@"
}

lock requirements/run.txt pyproject.toml --extra excel --extra report --extra survey --extra records --extra web requirements/build.in
# The same versions as in run.txt: what is tested is what runs.
lock requirements/dev.txt pyproject.toml --extra all --extra dev requirements/build.in \
  --constraints requirements/run.txt

if grep -nE '://|--(index|extra-index|find-links|trusted-host)| @ ' requirements/run.txt requirements/dev.txt; then
  echo "An address stands in a lock file (above). Locks must name packages and digests only." >&2
  exit 1
fi
