#!/bin/bash
# Make the data directory on first start, then become the server.
set -euo pipefail

if [ "${1:-}" = mariadbd ]; then
    if [ ! -d /var/lib/mysql/mysql ]; then
        mariadb-install-db --datadir=/var/lib/mysql --skip-test-db >/dev/null
        printf '%s\n' 'FLUSH PRIVILEGES;' \
            "ALTER USER root@localhost IDENTIFIED BY '${MARIADB_ROOT_PASSWORD:?}';" \
            "CREATE DATABASE ${MARIADB_DATABASE:?};" | mariadbd --bootstrap
    fi
    set -- "$@" --bind-address=0.0.0.0
fi
exec "$@"
