"""DB: how a database orders and keeps texts, and what extensions it has."""

import re
from collections.abc import Iterator, Mapping

from parity.diff.view import Service, ServicePair, Side
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._database import READS
from parity.rules.contract import Found, joint, pair
from parity.rules.postgres import locale_of

_TWICE_SORTED = (2, 28)
"""The release of glibc in which the order of most languages changed."""
_SILENT = frozenset(
    {"plpgsql", "pg_stat_statements", "pg_buffercache", "pg_stat_kcache", "auto_explain", "hypopg"}
)
_OWN = re.compile(r"^(?:rds|aws|azure|google|cloudsql|supa|pg_net|pgsodium)")
"""Extensions that providers bring along."""


@pair(
    "DB007", "database.sorts-differently", Severity.ERROR, paths=("database.collation",), reads=READS, silent=True,
    symptoms=(r"sort|order", r"collat", r"pagination|missing (?:rows|entries)", r"upper|lower|case"), since="0.3",
)  # fmt: skip
def sorts_differently(both: ServicePair) -> Iterator[Found]:
    """The database orders texts otherwise on the other side.

    What it compares:
        The order in which the server itself puts a few texts: upper and lower case, an accented letter,
        two words with a space.

    Why it matters:
        Sorted pages, ranges, `min` and `max` and what `LIKE` finds by an index come out otherwise, without
        any error. It happens under one and the same name: musl knows no `en_US`, and sorts by bytes.

    Example:
        local: `postgres:16-alpine`, `en_US.utf8`: `B a z é`
        production: `postgres:16`, `en_US.utf8`: `a B é z`

    What to do:
        The same base image, or an order that depends on none: `--locale-provider=icu`, `COLLATE "C"`.

    When to ignore it:
        When every query that sorts names its collation.

    References:
        Incidents pg-alpine-collation-order, pg-aurora-vs-alpine-sort; PostgreSQL documentation, Collation
        Support.
    """
    if not _database.differs(both, "collation", "sort"):
        return
    name = _collation(both.right)
    same = _collation(both.left) == name
    libcs = [side.get("files", "libc") for side in (both.left, both.right)]
    why = f", though both call it `{name}`" if same and name else ""
    if ABSENT not in libcs and libcs[0] != libcs[1]:
        why += f": the images have {libcs[0]} and {libcs[1]}"
    one, two = (_database.text(side, "collation", "sort") for side in (both.left, both.right))
    yield Found(
        f"the database orders texts as `{one}` on the left and as `{two}` on the right{why}",
        "one base image on both sides, or `--locale-provider=icu`, on a new volume",
        tuple(_made(both)),
    )


def _collation(side: Service) -> str:
    """`en_US.utf8` and `en_US.UTF-8` are one name."""
    return re.sub(r"utf-?8", "utf8", _database.text(side, "collation", "name"), flags=re.IGNORECASE)


def _made(both: ServicePair) -> Iterator[tuple[str, Path]]:
    """What a definition says of the locale, then what the server says."""
    left, right = locale_of(both.left), locale_of(both.right)
    for name in dict.fromkeys((*right, *left)):
        one, two = left.get(name), right.get(name)
        if (one and one.value) != (two and two.value) and (given := two or one):
            yield both.name, given.path
    if _collation(both.left) != _collation(both.right):
        yield _database.at(both, "collation", "name")
    for name in ("provider", "sort", "version", "ctype"):
        if _database.differs(both, "collation", name):
            yield _database.at(both, "collation", name)


@pair(
    "DB008", "database.collation-differs", Severity.WARNING, paths=("database.collation",), reads=READS,
    silent=True, symptoms=(r"collat", r"sort|order", r"illegal mix of collations", r"1267"), since="0.3",
)  # fmt: skip
def collation_differs(both: ServicePair) -> Iterator[Found]:
    """The database has another collation, or the same one of another library.

    What it compares:
        Name, provider (libc, ICU) and version of the database's collation, where the order of a few texts
        does not show a difference already.

    Why it matters:
        Letters that those texts do not hold may sort otherwise. Between glibc 2.27 and 2.28 most languages'
        order changed: files that are carried over that border have broken indexes.

    Example:
        local: `en_US.utf8`, libc 2.36
        production: `en_US.utf8`, libc 2.24

    What to do:
        Make the database with the same locale and provider, from the same base image.

    When to ignore it:
        When only the version differs, on one side of 2.28, and data is dumped and loaded.

    References:
        PostgreSQL wiki, Locale data changes. Incident pg-glibc228-duplicate-emails-blog.
    """
    if _database.differs(both, "collation", "sort") or _database.engine(
        both.left
    ) != _database.engine(both.right):
        return
    named = _collation(both.left) != _collation(both.right) and _database.differs(
        both, "collation", "name"
    )
    provided = _database.differs(both, "collation", "provider")
    versions = [
        _numbers(_database.text(side, "collation", "version")) for side in (both.left, both.right)
    ]
    if named or provided:
        shown = [_shown(side) for side in (both.left, both.right)]
        places = tuple(_of_server(both)) + tuple(_made(both))
        severity = None
    elif all(versions) and versions[0] != versions[1]:
        shown = [_database.text(side, "collation", "version") for side in (both.left, both.right)]
        places = (_database.at(both, "collation", "version"),)
        crossed = (versions[0] < _TWICE_SORTED) != (versions[1] < _TWICE_SORTED)
        severity = Severity.WARNING if crossed else Severity.INFO
    else:
        return
    yield Found(
        f"the database's collation is {shown[0]} on the left and {shown[1]} on the right",
        "make both databases alike, from one base image, on a new volume",
        places,
        severity,
    )


def _shown(side: Service) -> str:
    words = [_database.text(side, "collation", name) for name in ("name", "provider", "version")]
    return " ".join(word for word in words if word) or "none"


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part[:6]) for part in re.findall(r"\d+", text[:40]))


def _of_server(both: ServicePair) -> Iterator[tuple[str, Path]]:
    """What MySQL makes new databases with, which is a rule's of its own."""
    if _database.differs(both, "settings", "collation_server"):
        yield _database.at(both, "settings", "collation_server")


@joint(
    "DB009", "database.collation-changed-underneath", Severity.ERROR, words=("recorded",), reads=READS, silent=True,
    symptoms=(r"duplicate", r"collation version mismatch", r"(?:not found|missing) .*(?:row|index)", r"corrupt"),
    since="0.3",
)  # fmt: skip
def collation_changed_underneath(side: Side) -> Iterator[Found]:
    """The library that orders texts is another one than the database's indexes were made with.

    What it compares:
        The collation's version that the database recorded when it was made with the version that the
        server has now.

    Why it matters:
        Indexes on texts are in the old order and are searched in the new one: rows are not found, a unique
        index takes the same address twice. There is no error, at best a warning in the log.

    Example:
        local: made with 2.36, has 2.36
        production: made with 2.24 on an older image, has 2.36

    What to do:
        `REINDEX DATABASE`, look for duplicates, then `ALTER DATABASE … REFRESH COLLATION VERSION`.

    When to ignore it:
        Never: refreshing the version alone only silences the warning.

    References:
        PostgreSQL documentation, ALTER COLLATION; incident pg-glibc228-duplicate-emails-blog.
    """
    for service in side.services.values():
        recorded, there = (_database.text(service, "collation", n) for n in ("recorded", "version"))
        if recorded and there and recorded != there:
            yield Found(
                f"indexes on texts were made with version {recorded} of the collation, and the server has "
                f"{there}: rows are not found, unique indexes take duplicates",
                "REINDEX DATABASE, then ALTER DATABASE … REFRESH COLLATION VERSION",
                ((service.name, (_database.ROOT, "collation", "recorded")),
                 (service.name, (_database.ROOT, "collation", "version"))),
            )  # fmt: skip


@pair(
    "DB010", "database.encoding-differs", Severity.ERROR, paths=("database.encoding",), reads=READS,
    symptoms=(r"encoding", r"invalid byte sequence", r"incorrect string value", r"22021|1366", r"emoji"),
    since="0.3",
)  # fmt: skip
def encoding_differs(both: ServicePair) -> Iterator[Found]:
    """The database keeps texts in another encoding on the other side.

    What it compares:
        The database's encoding, or its default character set.

    Why it matters:
        Letters that the narrower one does not have are refused or replaced; `utf8mb3` has no emoji, SQL_ASCII
        checks nothing at all.

    Example:
        local: `UTF8`
        production: `SQL_ASCII`

    What to do:
        Make the database anew in UTF8, or utf8mb4, and load the data into it.

    When to ignore it:
        When every table names its own character set.

    References:
        PostgreSQL documentation, Character Set Support; MySQL Reference Manual, Unicode Support.
    """
    if _database.differs(both, "encoding") and _database.engine(both.left) == _database.engine(
        both.right
    ):
        one, two = (_database.text(side, "encoding") for side in (both.left, both.right))
        server = ("settings", "character_set_server")
        first = (_database.at(both, *server),) if _database.differs(both, *server) else ()
        yield Found(
            f"the database keeps texts as {one} on the left and as {two} on the right",
            f"make both in {'utf8mb4' if 'utf8mb' in one + two else 'UTF8'}",
            (*first, _database.at(both, "encoding")),
        )


def _extensions(side: Service) -> Mapping[str, str]:
    found = {
        str(path[0]): str(value) for path, value in _database.below(side, "extensions").items()
    }
    return {
        name: value for name, value in found.items() if name not in _SILENT and not _OWN.match(name)
    }


@pair(
    "DB011", "database.extension-missing", Severity.ERROR, paths=("database.extensions",), reads=READS,
    symptoms=(r"extension", r"function .* does not exist", r"type .* does not exist", r"42883|42704",
              r"operator class"), since="0.3",
)  # fmt: skip
def extension_missing(both: ServicePair) -> Iterator[Found]:
    """An extension is installed in the database on one side only.

    What it compares:
        The extensions that are created in the application's database, without those that only measure or
        that a provider brings along.

    Why it matters:
        Functions, types and index methods of it do not exist on the other side, and the migration that
        would create it may lack the right to.

    Example:
        local: `pgcrypto`, `pg_trgm`
        production: `pg_trgm`

    What to do:
        `CREATE EXTENSION IF NOT EXISTS pgcrypto` on both sides, as a role that may.

    When to ignore it:
        When nothing uses it any more.

    References:
        Incident pg-extension-digdag-rds; PostgreSQL documentation, CREATE EXTENSION.
    """
    left, right = _extensions(both.left), _extensions(both.right)
    lacks = list(_database.lacking(frozenset(left), frozenset(right)))
    if lacks:
        told = [
            f"{_database.some(sorted(names))} {_is(names)} missing on the {side}"
            for side, names in lacks
        ]
        names = [name for _, missing in lacks for name in sorted(missing)]
        yield Found(
            f"extensions of the database differ: {', '.join(told)}",
            f"CREATE EXTENSION IF NOT EXISTS {names[0]} on both sides, as a role that may",
            tuple(_database.at(both, "extensions", name) for name in names),
        )


def _is(names: frozenset[str]) -> str:
    return "is" if len(names) == 1 else "are"


@pair(
    "DB012", "database.extension-version-differs", Severity.INFO, paths=("database.extensions",), reads=READS,
    symptoms=(r"extension", r"function .* does not exist"), since="0.3",
)  # fmt: skip
def extension_version_differs(both: ServicePair) -> Iterator[Found]:
    """An extension of the database is of another version on the other side.

    What it compares:
        The first two numbers of the versions of extensions that both sides have; a warning where the
        first one differs.

    Why it matters:
        Newer versions bring functions and change what some return. The version is the database's: a newer
        image alone does not change it.

    Example:
        local: `postgis 3.4`
        production: `postgis 2.5`

    What to do:
        `ALTER EXTENSION … UPDATE` where it is older.

    When to ignore it:
        When nothing new is used.

    References:
        PostgreSQL documentation, ALTER EXTENSION.
    """
    left, right = _extensions(both.left), _extensions(both.right)
    numbers = {n: (_numbers(left[n])[:2], _numbers(right[n])[:2]) for n in left if n in right}
    changed = [name for name, (one, two) in numbers.items() if one != two]
    if changed:
        far = any(numbers[name][0][:1] != numbers[name][1][:1] for name in changed)
        told = "; ".join(f"{name} {left[name]} and {right[name]}" for name in changed[:6])
        yield Found(
            f"extensions are of other versions on the left and on the right: {told}",
            f"ALTER EXTENSION {changed[0]} UPDATE where it is older",
            tuple(_database.at(both, "extensions", name) for name in changed),
            Severity.WARNING if far else None,
        )
