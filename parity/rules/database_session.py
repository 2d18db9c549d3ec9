"""DB: what sessions get beside what the server is told, and whether the server has what it is told."""

import re
from collections.abc import Iterator, Mapping

from parity.diff.units import size
from parity.diff.view import Service, ServicePair, Side
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._database import READS
from parity.rules._given import Given, Server, changes
from parity.rules._servers import MYSQL, MYSQL_WORDS, POSTGRES, POSTGRES_WORDS, RABBITMQ, REDIS
from parity.rules.contract import Found, joint, pair
from parity.rules.mysql import RESULTS
from parity.rules.postgres import NOISE, SESSION, SPOKEN


@pair(
    "DB013", "database.settings-of-roles-differ", Severity.WARNING, paths=("database.role-settings",), reads=READS,
    symptoms=(r"search_path", r"does not exist", r"timeout", r"only (?:in|with) (?:one|that) (?:role|database)"),
    since="0.3",
)  # fmt: skip
def settings_of_roles_differ(both: ServicePair) -> Iterator[Found]:
    """A role or database has settings of its own on one side.

    What it compares:
        What `ALTER ROLE … SET` and `ALTER DATABASE … SET` left behind. Names of the application's role
        and of the database may differ. Settings that another rule knows are told by that rule.

    Why it matters:
        They apply to each new session, come before the server's configuration and stand in no file: a
        fresh database has none of them. For other roles than the application's it is only said.

    Example:
        local: nothing
        production: `ALTER ROLE shop SET work_mem = '64MB'`

    What to do:
        Set them in a migration: `ALTER ROLE CURRENT_USER SET …`.

    When to ignore it:
        Settings of roles of persons and of monitoring.

    References:
        Incident pg-searchpath-tbls; PostgreSQL documentation, ALTER ROLE.
    """
    left, right = _database.by_role(both.left), _database.by_role(both.right)
    keys = [
        key for key in dict.fromkeys((*right, *left)) if _value(left, key) != _value(right, key)
    ]
    for own in (True, False):
        told = [
            key
            for key in keys
            if (not key[0]) is own
            and not (own and key[1].lower() in SPOKEN)
            and not NOISE.match(key[1])
        ]
        if told:
            rows = [_row(key, left, right) for key in told]
            whose = "the application's role" if own else "other roles"
            yield Found(
                f"settings of {whose} differ: {'; '.join(rows[:4])}",
                f"ALTER ROLE … SET {told[0][1]} alike on both sides, in a migration",
                tuple((both.name, (right.get(key) or left[key])[1]) for key in told),
                None if own else Severity.INFO,
            )


_Roles = Mapping[tuple[str, str], tuple[str, Path]]


def _value(table: _Roles, key: tuple[str, str]) -> str:
    return table[key][0] if key in table else ""


def _row(key: tuple[str, str], left: _Roles, right: _Roles) -> str:
    one, two = (_value(table, key) or "unset" for table in (left, right))
    whose = f" of {key[0]}" if key[0] else ""
    return f"{key[1]}{whose} is {one} on the left and {two} on the right"


@pair(
    "DB014", "database.sessions-read-otherwise", Severity.ERROR, words=POSTGRES_WORDS,
    paths=("database.settings",), reads=READS, silent=True,
    symptoms=(r"date/time field value out of range", r"escape", r"serializ", r"read-only transaction",
              r"(?:wrong|swapped) (?:day|month|date)"), since="0.3",
)  # fmt: skip
def sessions_read_otherwise(both: ServicePair) -> Iterator[Found]:
    """The same statement reads or writes something else in the other side's sessions.

    What it compares:
        Settings of Postgres that decide about results: `DateStyle`, `IntervalStyle`, `bytea_output`,
        `standard_conforming_strings`, `default_transaction_isolation`, `client_encoding`, `lc_numeric`
        and their kind, as the application's session has them.

    Why it matters:
        `01/02/2026` is in January or in February, a backslash is a letter or not, a count is repeatable or
        not. None of it is an error.

    Example:
        local: `DateStyle = 'ISO, DMY'`
        production: `DateStyle = 'ISO, MDY'`

    What to do:
        Set it for the role on both sides: `ALTER ROLE … SET datestyle = 'ISO, MDY'`.

    When to ignore it:
        When the driver sets it for each session.

    References:
        PostgreSQL documentation, Client Connection Defaults.
    """
    found = list(changes(both, POSTGRES, *SESSION))
    local = [change for change in found if change.name.startswith("lc_")]
    for change in (each for each in found if each not in local):
        yield Found(
            f"Postgres' {change.name} is {change.left} on the left and {change.right} on the right: the same "
            "statement has other results",
            f"ALTER ROLE … SET {change.name} = … alike on both sides",
            change.at,
        )
    if local:
        names = ", ".join(
            f"{c.name} is {c.left} on the left and {c.right} on the right" for c in local
        )
        yield Found(
            f"formats of numbers, money and dates differ in Postgres: {names}",
            f"ALTER ROLE … SET {local[0].name} = … alike on both sides",
            tuple(dict.fromkeys(place for change in local for place in change.at)),
            Severity.WARNING,
        )


@pair(
    "DB022", "database.time-zones-not-loaded", Severity.ERROR, paths=("database.time-zones",), reads=READS,
    silent=True, symptoms=(r"CONVERT_TZ", r"time ?zone", r"1298", r"\bNULL\b"), since="0.3",
)  # fmt: skip
def time_zones_not_loaded(both: ServicePair) -> Iterator[Found]:
    """MySQL knows time zones by their names on one side only.

    What it compares:
        Whether the tables of time zones are filled.

    Why it matters:
        `CONVERT_TZ(…, 'Europe/Paris')` is NULL without them: rows vanish from sums and lists, without an
        error. `SET time_zone` by name fails.

    Example:
        local: the image fills them when it makes its data
        production: never filled

    What to do:
        `mariadb-tzinfo-to-sql /usr/share/zoneinfo | mariadb mysql`, or `mysql_tzinfo_to_sql`.

    When to ignore it:
        When only offsets are used.

    References:
        Incident mysql-tz-bytebase; MySQL Reference Manual, Time Zone Support.
    """
    if _database.differs(both, "time-zones"):
        lacks = "right" if _database.fact(both.left, "time-zones") is True else "left"
        yield Found(
            f"time zones have no names on the {lacks}: CONVERT_TZ is NULL there, without an error",
            "mysql_tzinfo_to_sql /usr/share/zoneinfo | mysql mysql",
            (_database.at(both, "time-zones"),),
        )


@pair(
    "DB023", "database.variables-change-results", Severity.WARNING, words=MYSQL_WORDS,
    paths=("database.settings",), reads=READS, silent=True,
    symptoms=(r"incorrect|truncat", r"autocommit|deadlock", r"auto.?increment", r"read.?only|1290"), since="0.3",
)  # fmt: skip
def variables_change_results(both: ServicePair) -> Iterator[Found]:
    """A variable of MySQL or MariaDB that decides about results is another on the other side.

    What it compares:
        `explicit_defaults_for_timestamp`, `auto_increment_increment`, `autocommit`,
        `div_precision_increment`, `default_storage_engine`, `read_only` and their kind, as the
        application's session has them.

    Why it matters:
        A timestamp without a default becomes now or NULL, ids go in other steps, divisions have fewer
        digits. The statements are the same.

    Example:
        local: `explicit_defaults_for_timestamp = ON`
        production: `OFF`

    What to do:
        Write it into a `.cnf` file that both sides mount.

    When to ignore it:
        When the program sets it for each session.

    References:
        MySQL Reference Manual, Server System Variables.
    """
    for change in changes(both, MYSQL, *RESULTS):
        yield Found(
            f"{change.name} is {change.left} on the left and {change.right} on the right: {RESULTS[change.name]}",
            f"set it alike: `command: [--{change.name}=VALUE]`",
            change.at,
        )


_WORDED: tuple[tuple[Server, tuple[str, ...]], ...] = (
    (POSTGRES, ("max_connections", "statement_timeout", "lock_timeout", "timezone", "fsync", "synchronous_commit",
               "wal_level", "idle_in_transaction_session_timeout")),
    (MYSQL, ("sql-mode", "max-connections", "character-set-server", "collation-server", "lower-case-table-names",
            "max-allowed-packet", "group-concat-max-len", "default-time-zone", "transaction-isolation")),
    (REDIS, ("maxmemory", "maxmemory-policy", "appendonly", "databases")),
    (RABBITMQ, ("consumer_timeout", "heartbeat")),
)  # fmt: skip
"""Settings that servers give back as they are told, but for units and case."""
_COMBINED = re.compile(r"TRADITIONAL|ANSI|ORACLE|MSSQL|DB2", re.IGNORECASE)


@joint(
    "DB031", "database.not-as-defined", Severity.WARNING, words=("database", "settings"), reads=READS,
    symptoms=(r"(?:still|no) effect", r"too many (?:clients|connections)", r"ALTER SYSTEM"), since="0.3",
)  # fmt: skip
def not_as_defined(side: Side) -> Iterator[Found]:
    """A server does not have a setting that its definition tells it.

    What it compares:
        Settings on the command line, in variables and in mounted files with what the server answers.

    Why it matters:
        `ALTER SYSTEM`, `SET GLOBAL`, `CONFIG SET`, settings of a role, or a container that is older than its
        definition: what the file says is not what runs, and the next restart changes it.

    Example:
        local: `-c max_connections=500`, and the server has 500
        production: the same, and the server has 100

    What to do:
        Make the container anew, or take back what was set by hand: `ALTER SYSTEM RESET …`.

    When to ignore it:
        While a change is being rolled out.

    References:
        PostgreSQL documentation, ALTER SYSTEM; Redis documentation, CONFIG SET.
    """
    for service in side.services.values():
        for server, names in _WORDED:
            if _database.engine(service) in server.technologies:
                yield from _other_than_told(service, server, names)


def _other_than_told(service: Service, server: Server, names: tuple[str, ...]) -> Iterator[Found]:
    told, has = server.told(service), server.read(service)
    for name in names:
        if name not in told or not has[name].seen or _alike(told[name].value, has[name].value):
            continue
        yield Found(
            f"`{service.name}` is told that {name} is {told[name].value or 'empty'}, and has "
            f"{has[name].value or 'none'}",
            "make the container anew, or take back what was set by hand",
            _both(service, has[name]),
        )


def _both(service: Service, given: Given) -> tuple[tuple[str, Path], ...]:
    return (service.name, given.seen), (service.name, given.path)


def _alike(one: str, two: str) -> bool:
    """Whether two texts are one setting in other units, another case, or another name of UTC."""
    if one.casefold() == two.casefold() or _COMBINED.search(one):
        return True
    sizes = [size(text.replace(" ", "")) for text in (one, two)]
    if sizes[0] == sizes[1] and isinstance(sizes[0], int):
        return True
    plain = [
        re.sub(r"^(?:etc/)?(?:utc|gmt|uct|zulu)$|^[+-]00:00$", "utc", text.casefold())
        for text in (one, two)
    ]
    switches = [
        {"1": "on", "yes": "on", "true": "on", "0": "off", "no": "off", "false": "off"}.get(t, t)
        for t in plain
    ]
    return switches[0] == switches[1]
