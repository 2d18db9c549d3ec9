#!/bin/bash
# Write the broker's user from the secret file, then become the broker.
#
# Definitions are imported at each start, so a rotated password takes effect with a restart.
set -euo pipefail

if [ "${1:-}" != rabbitmq-server ]; then
    exec "$@"
fi

fail() {
    echo "entrypoint: $*" >&2
    exit 1
}

# json TEXT: TEXT as the inside of a JSON string.
json() {
    local text="${1//\\/\\\\}"
    printf '%s' "${text//\"/\\\"}"
}

user="${RABBITMQ_USER:?name the user that the application logs in as}"
vhost="${RABBITMQ_VHOST:-/}"
file="${RABBITMQ_PASSWORD_FILE:?name the file that holds the password}"
[ -r "$file" ] || fail "cannot read $file"
password="$(head -n 1 "$file")"
[ -n "$password" ] || fail "$file is empty"

umask 077
cat > /run/rabbitmq/definitions.json <<JSON
{
  "users": [{"name": "$(json "$user")", "password": "$(json "$password")", "tags": "", "limits": {}}],
  "vhosts": [{"name": "$(json "$vhost")"}],
  "permissions": [{"user": "$(json "$user")", "vhost": "$(json "$vhost")",
                   "configure": ".*", "write": ".*", "read": ".*"}]
}
JSON
exec "$@"
