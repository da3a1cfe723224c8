#!/bin/sh
# Runs a command with SIH_TEST_PG naming a PostgreSQL 15 of its own, which is stopped and removed at the end.
set -eu
bin=/usr/lib/postgresql/15/bin
if [ ! -x $bin/initdb ]; then
    echo "NOT RUN on PostgreSQL 15: it is not installed" >&2
    [ "${CI:-}" != true ] || exit 1
    exit 0
fi

folder=$(mktemp -d /tmp/sih-postgresql-15.XXXXXX)
password=$(head -c 18 /dev/urandom | base64 | tr -d '+/=')
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
printf %s "$password" >"$folder/password"
as_owner=""
if [ "$(id -u)" = 0 ]; then
    chown -R postgres "$folder"
    as_owner="runuser -u postgres --"
fi

stop() {
    (cd / && $as_owner $bin/pg_ctl -D "$folder/data" -m immediate stop >/dev/null 2>&1) || true
    rm -rf "$folder"
}
trap stop EXIT
trap 'exit 130' INT TERM

cd_back=$(pwd)
cd /
$as_owner $bin/initdb -D "$folder/data" -U postgres -A scram-sha-256 --pwfile="$folder/password" \
    -E UTF8 --locale=C.UTF-8 >/dev/null
$as_owner $bin/pg_ctl -D "$folder/data" -l "$folder/log" -w start >/dev/null \
    -o "-p $port -k $folder -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=200"
cd "$cd_back"

SIH_TEST_PG="host=127.0.0.1 port=$port user=postgres password=$password" "$@"
