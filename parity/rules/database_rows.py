"""DB: which migrations a database had, and rows that programs count on."""

import re
from collections.abc import Iterator, Mapping

from parity.diff.view import ServicePair
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._database import READS
from parity.rules.contract import Found, pair


@pair(
    "DB018", "database.migrations-differ", Severity.WARNING, paths=("database.migrations",), reads=READS,
    symptoms=(r"migrat", r"does not exist", r"unknown (?:column|attribute)", r"pending"), since="0.3",
)  # fmt: skip
def migrations_differ(both: ServicePair) -> Iterator[Found]:
    """The databases have had other migrations.

    What it compares:
        The tool's own table: the last migration, how many there were, which, and whether any failed.

    Why it matters:
        Code expects the schema of one of them. The same last one with another number of them means that one
        was left out, or written into the table by hand.

    Example:
        local: `0042_add_notes`
        production: `0039_split_names`

    What to do:
        Run the migrations where they are behind, before the code that needs them.

    When to ignore it:
        While a branch with a migration of its own is worked on.

    References:
        Documentation of Alembic, Django, Flyway, Rails and others on their version tables.
    """
    names = ("tool", "version", "count", "set", "failed")
    sides = [
        {n: _database.text(side, "migrations", n) for n in names}
        for side in (both.left, both.right)
    ]
    changed = [name for name in names if sides[0][name] != sides[1][name]]
    if not changed:
        return
    one, two = (_migrated(side) for side in sides)
    where = "version" if "version" in changed else changed[0]
    last = "tool" not in changed and "version" not in changed
    hint = ": some were left out, or written down by hand" if last else ""
    hint = ": some failed halfway" if "failed" in changed else hint
    yield Found(
        f"the databases had other migrations: {one} on the left and {two} on the right{hint}",
        "run the migrations where they are behind",
        tuple(_database.at(both, "migrations", name) for name in dict.fromkeys((where, *changed))),
    )


def _migrated(side: Mapping[str, str]) -> str:
    if not any(side.values()):
        return "none"
    count = f" ({side['count']} of {side['tool'] or 'them'})" if side["count"] else ""
    return f"up to {side['version'] or 'an unknown one'}{count}"


_REFERENCE = re.compile(
    r"role|permission|privilege|right|scope|polic|plan|tier|currenc|countr|region|language|locale|status|state|type"
    r"|kind|categor|setting|config|feature|flag|template|unit|tax|zone|module|grade|level|lookup|dict|menu|enum|option"
    r"|^(?:ref|lu|auth)_|(?:^|_)groups?$",
    re.IGNORECASE,
)
"""Tables whose rows a program brings along, by their names."""


@pair(
    "DB019", "database.reference-rows-missing", Severity.ERROR, paths=("database.rows",), reads=READS,
    symptoms=(r"foreign key", r"record .* not found|RecordNotFound|P2025", r"403|forbidden|permission", r"seed",
              r"no (?:such )?(?:role|plan|category|status)"), since="0.3",
)  # fmt: skip
def reference_rows_missing(both: ServicePair) -> Iterator[Found]:
    """A table that others refer to is empty on one side, or one whose rows the program brings has fewer.

    What it compares:
        Numbers of rows of small tables that others refer to: none against some, and other numbers in
        tables that are called after roles, permissions, types, states, countries and the like.

    Why it matters:
        Seeds run when a database is made. Rows that came later, or that only the laptop's seed has, are
        missing in production: the first sign-up fails, or the role may do nothing.

    Example:
        local: `role` has 2 rows
        production: none

    What to do:
        Bring such rows with a migration, not with a seed.

    When to ignore it:
        Tables that users fill.

    References:
        Incidents seed-epic-stack-session-role, seed-fastapi-react-rbac-403.
    """
    counts = {}
    for path in _database.below(both.right, "rows"):
        one, two = (
            _database.fact(side, "rows", *map(str, path)) for side in (both.left, both.right)
        )
        if isinstance(one, int) and isinstance(two, int) and one != two:
            counts[".".join(map(str, path))] = (one, two)
    named = [n for n in counts if _REFERENCE.search(n.rpartition(".")[2])]
    empty = [n for n in counts if 0 in counts[n]]
    rows = dict.fromkeys(
        [*(n for n in empty if n in named), *(n for n in named if n not in empty), *empty]
    )
    if rows:
        shown = [
            f"`{n}` ({counts[n][0]} on the left, {counts[n][1]} on the right)"
            for n in list(rows)[:6]
        ]
        first = next(iter(rows))
        yield Found(
            f"tables that others refer to have other rows: {', '.join(shown)}",
            "bring these rows with a migration, and run it on both sides",
            tuple(_place(both, name) for name in rows),
            None if first in named and first in empty else _graver(first in named),
        )


def _graver(named: bool) -> Severity:  # noqa: FBT001 - one word says it
    return Severity.WARNING if named else Severity.INFO


def _place(both: ServicePair, name: str) -> tuple[str, Path]:
    known = {".".join(map(str, path)): path for path in _database.below(both.right, "rows")}
    return both.name, (_database.ROOT, "rows", *known[name])
