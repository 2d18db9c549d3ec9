"""DB: tables that are not there, or not the same."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from parity.diff.view import Service, ServicePair
from parity.model.finding import Severity
from parity.model.hidden import relation
from parity.rules import _database
from parity.rules._database import READS
from parity.rules.contract import Found, pair

_EACH = 5
"""So many tables get a finding each; more are one together."""
_PART = re.compile(
    r"[_-]?(?:p|part|y)?_?\d{4}(?:[_-]?[mwq]?\d{2}){0,3}$|[_-](?:default|\d{1,4})$", re.IGNORECASE
)
"""What the name of a table's part ends with, such as a month."""
_Table = dict[str, Any]


def _is_part(name: str, tables: Collection[str]) -> bool:
    base = _PART.sub("", name)
    return base != name and base in tables


def _tables(side: Service, kind: str) -> dict[str, _Table]:
    found: dict[str, _Table] = {}
    for path, value in _database.below(side, kind).items():
        found.setdefault(str(path[0]), {})[".".join(map(str, path[1:]))] = value
    return found


def _history(both: ServicePair) -> tuple[str, Severity | None]:
    """What the migrations of both sides say of a schema that differs, and how much that matters."""
    one, two = (_database.text(side, "migrations", "version") for side in (both.left, both.right))
    if one != two:
        return ", as the migrations do", Severity.INFO
    return (f", though both say that migration {one} was applied" if one else ""), None


@pair(
    "DB015", "database.table-missing", Severity.ERROR, paths=("database.schema",), reads=READS,
    symptoms=(r"relation .* does not exist", r"table .* doesn't exist", r"no such table", r"42P01|1146"),
    since="0.3",
)  # fmt: skip
def table_missing(both: ServicePair) -> Iterator[Found]:
    """A table is in the database of one side only.

    What it compares:
        The tables of both databases; not parts of a table that are named by a month or a number. Where the
        migrations differ, too, this follows from them and is only said.

    Why it matters:
        What was made by hand, by a branch that was never merged or by loading a dump is missing as soon as
        code that needs it meets the other database.

    Example:
        local: `orders`, `order_notes`
        production: `orders`

    What to do:
        Write the migration that makes it, or drop the table where it is left over.

    When to ignore it:
        Copies and work tables of persons.

    References:
        Incident schema-delpheus-themis-missing; documentation of the migration tools.
    """
    left, right = _tables(both.left, "schema"), _tables(both.right, "schema")
    because, severity = _history(both)
    for side, names in _database.lacking(frozenset(left), frozenset(right)):
        has, whole = (right, left) if side == "left" else (left, right)
        missing = sorted(name for name in names if not _is_part(name, has.keys() & whole.keys()))
        if not missing:
            continue
        what = f"table{'s' * (len(missing) > 1)} {_database.some(missing)}"
        empty = "has no tables at all" if not whole else f"lacks {what}"
        yield Found(
            f"the database on the {side} {empty}{because}",
            "run the migrations on both sides; write the one that makes the table if there is none",
            tuple(_database.at(both, "schema", name) for name in missing),
            severity,
        )


@pair(
    "DB016", "database.columns-differ", Severity.ERROR, paths=("database.schema",), reads=READS, silent=True,
    symptoms=(r"column .* does not exist", r"unknown (?:column|attribute)", r"no such column", r"42703|1054",
              r"null value in column", r"out of range|too long"), since="0.3",
)  # fmt: skip
def columns_differ(both: ServicePair) -> Iterator[Found]:
    """A table has other columns on the other side, or columns of another type.

    What it compares:
        Columns of the tables that both databases have: whether they are there, type, `not null` and
        default. One finding a table, or one in all for more than five. Where the migrations differ, too,
        this follows from them and is only said.

    Why it matters:
        Both databases say that the same migration was applied, and one of them was never given the column:
        it was made by hand, or came with a dump. Nobody looks there, for the migrations agree.

    Example:
        local: `users.nickname`, from a dump of the schema
        production: made by migrations, without it

    What to do:
        Write the migration that adds it, and make local databases by migrations.

    When to ignore it:
        Columns that nothing reads any more.

    References:
        Incidents schema-aixle-phantom-column, schema-delpheus-themis-missing.
    """
    if _database.engine(both.left) != _database.engine(both.right):
        return  # They write types in words of their own.
    left, right = _tables(both.left, "schema"), _tables(both.right, "schema")
    because, known = _history(both)
    rows = []
    for table in left:
        if table in right and (changed := _changed(left[table], right[table])):
            told, severe = _told(table, changed, left[table], right[table])
            places = [_database.at(both, "schema", table, column) for column in changed]
            rows.append(
                (not severe, table, told, places, known or (None if severe else Severity.WARNING))
            )
    rows.sort(key=lambda row: row[:2])
    fix = "write the migration that makes the columns alike, and make local databases by migrations"
    for _, _, told, places, severity in rows if len(rows) <= _EACH else ():
        yield Found(f"{told}{because}", fix, tuple(places), severity)
    if len(rows) > _EACH:
        shown = "; ".join(row[2] for row in rows[:2])
        every = tuple(place for row in rows for place in row[3])
        yield Found(f"{len(rows)} tables differ{because}: {shown}; …", fix, every, rows[0][4])


def _changed(left: Mapping[str, Any], right: Mapping[str, Any]) -> list[str]:
    """Names of columns that differ, but for their collations; those that one side lacks first."""
    names = [n for n in dict.fromkeys((*left, *right)) if n not in left or n not in right]
    common = [n for n in left if n in right and relation(left[n], right[n]) == "differs"]
    return names + [
        n for n in common if _bare(left[n]) != _bare(right[n]) or not isinstance(left[n], str)
    ]


_WIDTH = re.compile(
    r"\b((?:tiny|small|medium|big)?int(?:eger)?)\(\d{1,3}\)|\s+collate \S+", re.IGNORECASE
)
"""What a column may be written with and works the same, or another rule tells of."""


def _bare(text: Any) -> str:
    return _WIDTH.sub(r"\1", str(text)).lower()


def _told(table: str, changed: Sequence[str], left: _Table, right: _Table) -> tuple[str, bool]:
    """What is to be said of a table, and whether statements fail of it."""
    words, severe = [], False
    for name in changed:
        if name in left and name in right:
            one, two = str(left[name]), str(right[name])
            severe |= _type(one) != _type(two)
            words.append(f"`{name}` is {one} on the left and {two} on the right")
        else:
            severe = True
            words.append(f"`{name}` is missing on the {'left' if name not in left else 'right'}")
    more = f" and {len(words) - 3} more" if len(words) > 3 else ""  # noqa: PLR2004
    return f"table `{table}`: {', '.join(words[:3])}{more}", severe


def _type(text: str) -> str:
    text = _bare(text)
    return re.split(
        r"\s+(?:not null|null|default|generated|auto_increment)\b", text.lower(), maxsplit=1
    )[0]


@pair(
    "DB017", "database.constraints-differ", Severity.WARNING, reads=READS, silent=True,
    paths=("database.indexes", "database.constraints"),
    symptoms=(r"duplicate", r"slow (?:query|page|request)", r"foreign key|orphan", r"no unique or exclusion"),
    since="0.3",
)  # fmt: skip
def constraints_differ(both: ServicePair) -> Iterator[Found]:
    """A table has an index or a constraint on one side only.

    What it compares:
        Definitions of indexes and constraints on columns that both databases have alike, by what they say,
        for their names are often made up. An error where one of them is unique. Where the migrations
        differ, too, this follows from them and is only said.

    Why it matters:
        Without the unique index the same row is kept twice, without the foreign key rows are orphans, and
        without the plain one a query reads the whole table. `ON CONFLICT` fails where there is none.

    Example:
        local: `unique (email)`
        production: made by hand in a hurry, without it

    What to do:
        Write the migration that makes it; look for duplicates first.

    When to ignore it:
        Indexes that an administrator tries out.

    References:
        Incident pg-version-13-vs-16-nulls-not-distinct; PostgreSQL documentation, Constraints.
    """
    if _database.engine(both.left) != _database.engine(both.right):
        return
    because, known = _history(both)
    rows: dict[str, list[_Missing]] = {}
    for table, side, text, kind, name in _missing(both):
        rows.setdefault(table, []).append((side, text, kind, name))
    told = [(t, f"table `{t}`: {_lacking(rows[t])}", _unique(rows[t])) for t in rows]
    told.sort(key=lambda row: not row[2])
    fix = "write the migration that makes it on both sides"
    places = {t: [_database.at(both, kind, t, name) for *_, kind, name in rows[t]] for t in rows}
    for table, text, unique in told if len(told) <= _EACH else ():
        yield Found(
            f"{text}{because}", fix, tuple(places[table]), known or _severity(unique=unique)
        )
    if len(told) > _EACH:
        every = tuple(place for table, *_ in told for place in places[table])
        shown = "; ".join(text for _, text, _ in told[:2])
        severity = known or _severity(unique=told[0][2])
        yield Found(f"{len(told)} tables differ{because}: {shown}; …", fix, every, severity)


_Missing = tuple[str, str, str, str]
"""Side that lacks it, what it says, its kind and its name."""


def _missing(both: ServicePair) -> Iterator[tuple[str, str, str, str, str]]:
    """Indexes and constraints that one side lacks, on columns that both have alike."""
    columns = _tables(both.left, "schema"), _tables(both.right, "schema")
    changed = {t: _changed(columns[0][t], columns[1][t]) for t in columns[0] if t in columns[1]}
    for kind in ("constraints", "indexes"):
        left, right = _tables(both.left, kind), _tables(both.right, kind)
        for table in sorted(changed.keys() & (left.keys() | right.keys())):
            for side, has, lacks in (("right", left, right), ("left", right, left)):
                there = {_said(name, value) for name, value in lacks.get(table, {}).items()}
                for name, value in has.get(table, {}).items():
                    text = _said(name, value)
                    words = set(re.findall(r"\w+", text))
                    if text not in there and words.isdisjoint(c.lower() for c in changed[table]):
                        yield table, side, text, kind, name


def _severity(*, unique: bool) -> Severity:
    return Severity.ERROR if unique else Severity.WARNING


def _said(name: str, value: Any) -> str:
    """A definition without the name that it was given."""
    plain = str(value).replace(f'"{name}"', "").replace(f" {name} ", " ")
    return " ".join(plain.lower().replace("`", "").split())


def _lacking(rows: Sequence[_Missing]) -> str:
    words = [f"`{text[:90]}` is missing on the {side}" for side, text, *_ in rows]
    return ", ".join(words[:3]) + (f" and {len(words) - 3} more" if len(words) > 3 else "")  # noqa: PLR2004


def _unique(rows: Sequence[_Missing]) -> bool:
    return any(re.search(r"\b(?:unique|primary key|exclude)\b", text) for _, text, *_ in rows)


@pair(
    "DB032", "database.tables-kept-otherwise", Severity.WARNING, reads=READS, silent=True,
    paths=("database.tables", "database.schema"),
    symptoms=(r"illegal mix of collations", r"1267", r"foreign key|transaction|rollback", r"sort|duplicate"),
    since="0.3",
)  # fmt: skip
def tables_kept_otherwise(both: ServicePair) -> Iterator[Found]:
    """A table is of another kind, engine or collation on the other side.

    What it compares:
        What the server says a table is: a view, a part, unlogged, its storage engine and its collation;
        and collations of columns. All tables are one finding.

    Why it matters:
        MyISAM knows neither transactions nor foreign keys. A table with another collation than the one it
        is joined with is an error, with another than on the other side it sorts and compares otherwise.

    Example:
        local: `users`: InnoDB, utf8mb4_unicode_ci
        production: `users`: InnoDB, utf8mb3_general_ci, as it was made years ago

    What to do:
        `ALTER TABLE … CONVERT TO CHARACTER SET …`, in a migration.

    When to ignore it:
        Views that are materialized in one environment on purpose.

    References:
        MySQL Reference Manual, Storage Engines; incident mariadb-115-default-collation-matomo.
    """
    if _database.engine(both.left) != _database.engine(both.right):
        return
    told, places = [], []
    left, right = _database.below(both.left, "tables"), _database.below(both.right, "tables")
    schemas = _tables(both.left, "schema"), _tables(both.right, "schema")
    known = {(table,) for table in schemas[0] if table in schemas[1]}
    for path in sorted(known | (left.keys() & right.keys()), key=str):
        one, two = (_kind(table.get(path, "")) for table in (left, right))
        if one != two:
            told.append(f"`{path[0]}` is {one} on the left and {two} on the right")
            places.append(_database.at(both, "tables", str(path[0])))
        places += [
            _database.at(both, "schema", str(path[0]), c)
            for c in _recollated(str(path[0]), *schemas)
        ]
    if places:
        more = f" and {len(told) - 3} more" if len(told) > 3 else ""  # noqa: PLR2004
        columns = sum(1 for place in places if place[1][1] == "schema")
        words = [*told[:3], *([f"{columns} columns have other collations"] if columns else [])]
        yield Found(
            f"tables are kept otherwise: {'; '.join(words)}{more}",
            "convert them in a migration, and name engine and collation in CREATE TABLE",
            tuple(places),
        )


def _kind(value: Any) -> str:
    return (
        str(value).replace(", row security", "").replace("row security", "") or "an ordinary table"
    )


def _recollated(table: str, left: Mapping[str, _Table], right: Mapping[str, _Table]) -> list[str]:
    """Columns of which only the collation differs."""
    one, two = left.get(table, {}), right.get(table, {})
    both = [n for n in one if n in two and isinstance(one[n], str) and isinstance(two[n], str)]
    return [
        n
        for n in both
        if one[n] != two[n] and _bare(one[n]) == _bare(two[n]) and "collate" in one[n] + two[n]
    ]
