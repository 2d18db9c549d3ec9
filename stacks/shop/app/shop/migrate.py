"""Bring the schema up to date: numbered SQL files, each once, each in a transaction."""

import os
import sys
import time

import psycopg2
from psycopg2.extensions import connection as Connection

from shop import database
from shop.migration_files import FOLDER, Migration, MigrationError, pending, read
from shop.settings import SettingsError, load

# Any constant will do, as long as every version of this program uses the same.
_LOCK = 7_330_011
_PATIENCE = 30.0


def apply(connection: Connection, migrations: list[Migration]) -> int:
    """Apply what is pending, under a lock that makes a second job wait; how many were applied."""
    connection.autocommit = True
    with connection.cursor() as cursor:
        # Loading takes longer than a customer's query may.
        cursor.execute("SET statement_timeout = '120s'")
        cursor.execute("SET client_min_messages = warning")
        cursor.execute("SELECT pg_advisory_lock(%s)", (_LOCK,))
        cursor.execute(
            "CREATE TABLE IF NOT EXISTS schema_migrations (number integer PRIMARY KEY,"
            " name text NOT NULL, checksum text NOT NULL,"
            " applied_at timestamptz NOT NULL DEFAULT now())"
        )
        cursor.execute("SELECT number, checksum FROM schema_migrations")
        todo = pending(migrations, dict(cursor.fetchall()))
    connection.autocommit = False
    for migration in todo:
        started = time.monotonic()
        with connection, connection.cursor() as cursor:
            cursor.execute(migration.sql)
            cursor.execute(
                "INSERT INTO schema_migrations (number, name, checksum) VALUES (%s, %s, %s)",
                (migration.number, migration.name, migration.checksum),
            )
        took = time.monotonic() - started
        print(f"migrate: {migration.number:04d} {migration.name} ({took:.2f} s)", flush=True)
    return len(todo)


def _connect_patiently(url: str) -> Connection:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return database.connect(url)
        except psycopg2.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.25)


def main() -> int:
    """Migrate the database that DATABASE_URL names."""
    try:
        settings = load(os.environ)
        migrations = read(FOLDER)
        connection = _connect_patiently(settings.database_url)
        try:
            count = apply(connection, migrations)
        finally:
            connection.close()
    except (SettingsError, MigrationError) as error:
        print(f"migrate: {error}", file=sys.stderr)
        return 4
    except psycopg2.Error as error:
        print(f"migrate: {str(error).strip()}", file=sys.stderr)
        return 1
    print(f"migrate: {count} applied, {len(migrations)} in all")
    return 0


if __name__ == "__main__":
    sys.exit(main())
