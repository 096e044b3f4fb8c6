#!/usr/bin/env bash
# Run a command with a PostgreSQL of its own: a new cluster in a temporary folder, on a free port of the loopback
# address, with a password made for this run; stopped and removed when the command ends.
# Usage: scripts/with-postgres.sh COMMAND [ARGUMENT…]      PARINDEX_DATABASE names the database for the command.
# PostgreSQL is installed by apt where it is missing, as root or through sudo. Its programs refuse to run as root:
# then they run as the user postgres, whom the package makes.
set -euo pipefail
[ $# -gt 0 ] || { echo "usage: scripts/with-postgres.sh COMMAND [ARGUMENT…]" >&2; exit 2; }

programs() {  # the folder of the newest PostgreSQL of this machine
  local folder
  for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -Vr) \
    $(dirname "$(command -v initdb || echo /nowhere/initdb)"); do
    [ -x "$folder/initdb" ] && [ -x "$folder/postgres" ] && { printf '%s\n' "$folder"; return; }
  done
  return 1
}

if ! bin=$(programs); then
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo -n)
  if command -v apt-get >/dev/null && "${as_root[@]}" true 2>/dev/null; then
    echo "Cài postgresql bằng apt… / Installing postgresql with apt…" >&2
    # No cluster of the machine's own is wanted: the package starts one where this file does not say otherwise.
    [ -e /etc/postgresql-common/createcluster.conf ] || {
      "${as_root[@]}" mkdir -p /etc/postgresql-common
      echo "create_main_cluster = false" | "${as_root[@]}" tee /etc/postgresql-common/createcluster.conf >/dev/null
    }
    quietly=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends
      -o Dpkg::Options::=--force-confold postgresql)
    "${as_root[@]}" "${quietly[@]}" >&2 || { "${as_root[@]}" apt-get update >&2 && "${as_root[@]}" "${quietly[@]}" >&2; } || true
  fi
  if ! bin=$(programs); then
    echo "Máy này chưa có PostgreSQL. Cài rồi làm lại: / This machine has no PostgreSQL. Install it, then try again:" >&2
    echo "    sudo apt-get update && sudo apt-get install -y postgresql" >&2
    exit 1
  fi
fi

folder=$(mktemp -d /tmp/parindex-postgres.XXXXXX)
as_user=()
if [ "$(id -u)" = 0 ]; then
  id postgres >/dev/null 2>&1 || { echo "The user postgres is missing: PostgreSQL refuses to run as root." >&2; exit 1; }
  as_user=(runuser -u postgres --)
  chown postgres "$folder"
fi

stop() {
  local status=$?
  if [ -f "$folder/data/postmaster.pid" ]; then
    (cd "$folder" && "${as_user[@]}" "$bin/pg_ctl" -D "$folder/data" -m immediate -w stop >/dev/null 2>&1) || true
  fi
  rm -rf "$folder"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

password=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
(umask 077 && printf '%s' "$password" > "$folder/password")
[ ${#as_user[@]} = 0 ] || chown postgres "$folder/password"
here=$PWD
cd "$folder"
"${as_user[@]}" "$bin/initdb" -D "$folder/data" -U parindex --pwfile="$folder/password" -A scram-sha-256 \
  -E UTF8 --locale=C.UTF-8 >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; exit 1; }

# A port that is free now may be taken in between: then another is tried.
started=
for attempt in 1 2 3 4 5; do
  port=$((20000 + ($(od -An -N2 -tu2 /dev/urandom) % 12000)))
  if "${as_user[@]}" "$bin/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 \
    -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c max_connections=${POSTGRES_CONNECTIONS:-100} ${POSTGRES_OPTIONS:-}" \
    start >/dev/null 2>&1; then
    started=yes
    break
  fi
done
[ -n "$started" ] || { echo "PostgreSQL does not start ($attempt attempts):" >&2; tail -20 "$folder/log" >&2; exit 1; }
export PARINDEX_DATABASE="postgres://parindex:$password@127.0.0.1:$port/postgres"
cd "$here"
# Not exec: the cluster is stopped and removed afterwards.
"$@"
