#!/bin/bash
# Create the cluster on first start, then become the server.
#
# A first start may be killed at any point. The cluster is therefore built in a directory beside
# PGDATA and renamed into place when it is complete: PGDATA either does not exist or is whole.
set -euo pipefail

as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
    else
        "$@"
    fi
}

fail() {
    echo "entrypoint: $*" >&2
    exit 1
}

# read_setting NAME: the value of $NAME, or the first line of the file named by ${NAME}_FILE.
read_setting() {
    local file_variable="${1}_FILE"
    if [ -n "${!file_variable:-}" ]; then
        [ -r "${!file_variable}" ] || fail "${file_variable}: cannot read ${!file_variable}"
        head -n 1 "${!file_variable}"
    else
        printf '%s\n' "${!1:-}"
    fi
}

# quote TEXT: an SQL string literal. The single-user backend reads one statement a line.
quote() {
    case "$1" in *$'\n'*) fail "a setting must not contain a line break" ;; esac
    printf "'%s'" "${1//\'/\'\'}"
}

initialise() {
    local building="$PGDATA.building" user password database
    user="${POSTGRES_USER:-postgres}"
    database="${POSTGRES_DB:-$user}"
    password="$(read_setting POSTGRES_PASSWORD)"
    [ -n "$password" ] || fail "POSTGRES_PASSWORD_FILE (or POSTGRES_PASSWORD) must name a password"
    [[ "$user$database" =~ ^[a-z_][a-z0-9_]*$ ]] || fail "POSTGRES_USER, POSTGRES_DB: use a-z, 0-9 and _"

    rm -rf "$building"
    as_postgres initdb --pgdata="$building" --username=postgres --encoding=UTF8 --locale=C.UTF-8 \
        --auth-local=trust --auth-host=scram-sha-256 --data-checksums --no-sync >/dev/null
    echo "host all all all scram-sha-256" >> "$building/pg_hba.conf"

    {
        [ "$user" = postgres ] || echo "CREATE ROLE $user LOGIN;"
        echo "ALTER ROLE $user PASSWORD $(quote "$password");"
        [ "$database" = postgres ] || echo "CREATE DATABASE $database OWNER $user;"
    } | as_postgres postgres --single -D "$building" -F -c log_min_messages=fatal postgres >/dev/null

    # One flush at the end instead of many on the way; only then does the cluster get its name.
    as_postgres initdb --sync-only --pgdata="$building" >/dev/null
    mv -T "$building" "$PGDATA"
    echo "entrypoint: new cluster, database $database, owner $user"
}

if [ "${1:-}" = postgres ]; then
    if [ "$(id -u)" = 0 ]; then
        parent="$(dirname "$PGDATA")"
        install -d -o postgres -g postgres -m 2775 /run/postgresql
        [ "$(stat -c %U "$parent")" = postgres ] || chown postgres:postgres "$parent"
    fi
    [ -d "$PGDATA" ] || initialise
    set -- "$@" -c listen_addresses='*' -c jit=off
    if [ "$(id -u)" = 0 ]; then
        exec setpriv --reuid=postgres --regid=postgres --init-groups -- "$@"
    fi
fi
exec "$@"
