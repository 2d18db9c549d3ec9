#!/bin/sh
# PING with the password; redis-cli takes it from the environment, not from its arguments.
if [ -n "${REDIS_PASSWORD_FILE:-}" ]; then
    REDISCLI_AUTH="$(head -n 1 "$REDIS_PASSWORD_FILE")"
    export REDISCLI_AUTH
fi
[ "$(timeout 2 redis-cli -h 127.0.0.1 ping 2>&1)" = PONG ]
