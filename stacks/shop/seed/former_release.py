"""Migrate as the release before did, which had no search yet. Run in `worker`, from stdin."""

import os

from shop import database, migrate, migration_files, settings

known = migration_files.read(migration_files.FOLDER)
before = [one for one in known if one.name != "search"]
assert len(before) == 2, (
    "0003_search is not the last migration any more: see what this should leave"
)
connection = database.connect(settings.load(os.environ).database_url)
try:
    migrate.apply(connection, before)
finally:
    connection.close()
