#!/bin/bash
# Give the server its password through standard input: arguments show up in the process list.
set -euo pipefail

if [ "${1:-}" != redis-server ]; then
    exec "$@"
fi
shift

password=
if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then
    [ -r "$REDIS_PASSWORD_FILE" ] || { echo "entrypoint: cannot read $REDIS_PASSWORD_FILE" >&2; exit 1; }
    password="$(head -n 1 "$REDIS_PASSWORD_FILE")"
    [ -n "$password" ] || { echo "entrypoint: $REDIS_PASSWORD_FILE is empty" >&2; exit 1; }
fi
escaped="${password//\\/\\\\}"
escaped="${escaped//\"/\\\"}"

exec redis-server - --bind '*' '-::*' --port 6379 --daemonize no --save '' "$@" \
    < <(printf 'requirepass "%s"\n' "$escaped")
