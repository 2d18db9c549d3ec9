"""Which migrations a database has: the tables that the usual tools keep of them.

Each tool by its table, the columns that tell it from others with such a table, what names a migration,
and what says that it was carried out.
"""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.model.facts import Facts
from parity.probes.database.contract import Answers, Question
from parity.probes.database.texts import clean, rows

QUESTION = "migrations "
_MOST = 3000


@dataclass(frozen=True)
class _Tool:
    name: str
    table: str
    columns: tuple[str, ...]
    said: tuple[str, ...]
    """Columns that make up a migration's name."""
    done: str = ""
    """A condition in SQL that holds where it was carried out."""
    beside: str = ""
    """Another table that this tool has."""
    alive: str = ""
    """A condition in SQL for the rows that count."""


_TOOLS = (
    _Tool("alembic", "alembic_version", ("version_num",), ("version_num",)),
    _Tool("django", "django_migrations", ("app", "name"), ("app", "name")),
    _Tool("flyway", "flyway_schema_history", ("version", "script", "success"), ("script",), "success"),
    _Tool("liquibase", "databasechangelog", ("id", "author", "exectype"), ("id",), "exectype <> 'FAILED'"),
    _Tool("golang-migrate", "schema_migrations", ("version", "dirty"), ("version",), "not dirty"),
    _Tool("rails", "schema_migrations", ("version",), ("version",), beside="ar_internal_metadata"),
    _Tool("ecto", "schema_migrations", ("version", "inserted_at"), ("version",)),
    _Tool("schema_migrations", "schema_migrations", ("version",), ("version",)),
    _Tool("knex", "knex_migrations", ("name", "batch"), ("name",)),
    _Tool("prisma", "_prisma_migrations", ("migration_name", "finished_at", "rolled_back_at"),
          ("migration_name",), "finished_at is not null", alive="rolled_back_at is null"),
    _Tool("sequelize", "SequelizeMeta", ("name",), ("name",)),
    _Tool("laravel", "migrations", ("migration", "batch"), ("migration",)),
    _Tool("typeorm", "migrations", ("timestamp", "name"), ("timestamp", "name")),
    _Tool("doctrine", "doctrine_migration_versions", ("version",), ("version",)),
    _Tool("goose", "goose_db_version", ("version_id", "is_applied"), ("version_id",), "is_applied"),
    _Tool("entity-framework", "__EFMigrationsHistory", ("MigrationId",), ("MigrationId",)),
    _Tool("atlas", "atlas_schema_revisions", ("version", "applied", "total"), ("version",), "applied = total"),
    _Tool("node-pg-migrate", "pgmigrations", ("name", "run_on"), ("name",)),
    _Tool("kysely", "kysely_migration", ("name",), ("name",)),
    _Tool("diesel", "__diesel_schema_migrations", ("version",), ("version",)),
    _Tool("sqlx", "_sqlx_migrations", ("version", "success"), ("version",), "success"),
    _Tool("migrations", "schema_version", ("version",), ("version",)),
)  # fmt: skip


def questions(
    columns: Mapping[str, Sequence[str]], quoted: Callable[[str], str]
) -> Iterator[Question]:
    """For the tools whose tables are there; `columns` are those of each table."""
    seen: set[str] = set()
    for tool in _TOOLS:
        for called, own in columns.items():
            table = called.rpartition(".")[2]
            known = table == tool.table and set(tool.columns) <= set(own)
            beside = called.removesuffix(table) + tool.beside
            if known and called not in seen and (not tool.beside or beside in columns):
                seen.add(called)
                yield Question(f"{QUESTION}{tool.name}", _statement(tool, called, quoted), _MOST)
                break


def _statement(tool: _Tool, called: str, quoted: Callable[[str], str]) -> str:
    parts = ", '.', ".join(quoted(column) for column in tool.said)
    place = ".".join(quoted(part) for part in called.split(".", 1))
    alive = f" where {tool.alive}" if tool.alive else ""
    return (
        f"select concat({parts}), {f'({tool.done})' if tool.done else 'true'} from {place}{alive}"
    )


def read(answers: Answers) -> Facts:
    """`tool`, `version` (the last by name), `count`, `set` (a digest of all names) and those that `failed`."""
    found: list[dict[str, Any]] = []
    for question in answers:
        if question.startswith(QUESTION) and not isinstance(answers[question], str):
            told = [(clean(name, 200), bool(done)) for name, done in rows(answers, question, 2)]
            names = sorted({name for name, done in told if done}, key=_by_number)
            failed = sorted({name for name, done in told if not done}, key=_by_number)
            found.append(_table(question.removeprefix(QUESTION), names, failed))
    return Facts({"migrations": found[0]} if found else {})


def _table(tool: str, names: Sequence[str], failed: Sequence[str]) -> dict[str, Any]:
    table: dict[str, Any] = {"tool": tool, "count": len(names)}
    if names:
        table["version"] = names[-1]
        table["set"] = hashlib.sha256("\n".join(names).encode()).hexdigest()[:12]
    if failed:
        table["failed"] = list(failed[:20])
    return table


def _by_number(name: str) -> list[tuple[int, int, str]]:
    """`V10__b.sql` after `V9__a.sql`."""
    parts = re.findall(r"[0-9]{1,30}|[^0-9]+|[0-9]+", name)
    return [(0, int(p), "") if p.isdecimal() and len(p) <= 30 else (1, 0, p) for p in parts]  # noqa: PLR2004
