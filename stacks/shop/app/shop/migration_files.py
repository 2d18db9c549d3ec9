"""Migrations as files: 0003_search.sql is number 3. What is there, and what is still to be done."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "migrations"


# Files that were mended after they had been applied somewhere. Where the former one went through,
# it did what the mended one does.
FORMERLY = {2: "f329da5da3511bb33dc259e0734d3846280231b9f6e8d2de004323e1f153d511"}


class MigrationError(Exception):
    """The files and the database do not fit together."""


@dataclass(frozen=True)
class Migration:
    """One file: 0003_seed.sql is number 3."""

    number: int
    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """Changes when the file is edited."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def read(folder: Path) -> list[Migration]:
    """The migrations of a folder in order; gaps and doubles are refused."""
    found = []
    for path in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"(\d{4})_([a-z0-9_]+)", path.stem)
        if match is None:
            raise MigrationError(f"{path.name}: name it like 0001_what_it_does.sql")
        found.append(Migration(int(match[1]), match[2], path.read_text(encoding="utf-8")))
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise MigrationError(f"{folder}: numbers must run from 1 without gaps or doubles")
    return found


def pending(migrations: list[Migration], applied: dict[int, str]) -> list[Migration]:
    """What is still to be done; refuses a database that has seen other files than these."""
    known = {migration.number: migration for migration in migrations}
    for number, checksum in sorted(applied.items()):
        if number not in known:
            raise MigrationError(f"the database has migration {number}, which this release lacks")
        if checksum not in (known[number].checksum, FORMERLY.get(number)):
            raise MigrationError(f"migration {number} was edited after it had been applied")
    return [migration for migration in migrations if migration.number not in applied]
