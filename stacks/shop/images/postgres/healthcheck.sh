#!/bin/sh
# Ready means: the server answers on the port that clients use, for the database they use.
exec pg_isready --quiet --timeout=2 --host=127.0.0.1 --port=5432 \
    --username="${POSTGRES_USER:-postgres}" --dbname="${POSTGRES_DB:-${POSTGRES_USER:-postgres}}"
