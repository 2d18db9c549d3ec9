"""MY: what a MySQL or MariaDB server is told on one side and not on the other."""

import re
from collections.abc import Iterator

from parity.diff.units import show_size
from parity.diff.view import Service, ServicePair
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._given import Given, at, changes
from parity.rules._numbers import whole
from parity.rules._servers import MYSQL, MYSQL_WORDS
from parity.rules.contract import Found, pair

NOISE = re.compile(
    r"^(?:log|general-log|slow-query|long-query|bind-address|port|socket|datadir|tmpdir|pid-file|user|ssl"
    r"|server-id|report-|skip-name-resolve|performance-schema|init-file|secure-file-priv|innodb-print)"
)
RESULTS = {
    "explicit-defaults-for-timestamp": "a timestamp without a default becomes now, or NULL",
    "auto-increment-increment": "ids go in other steps",
    "auto-increment-offset": "ids begin elsewhere",
    "autocommit": "statements are kept without COMMIT, or not",
    "div-precision-increment": "divisions have another number of digits",
    "default-storage-engine": "new tables have transactions and foreign keys, or not",
    "default-week-format": "weeks have other numbers",
    "innodb-strict-mode": "options of tables are refused, or ignored",
    "lc-time-names": "names of months and days are of another language",
    "sql-auto-is-null": "a comparison with NULL finds the last id",
    "sql-safe-updates": "updates without a key are refused",
    "sql-select-limit": "results are cut",
    "foreign-key-checks": "references are checked, or not",
    "event-scheduler": "events of the database run, or not",
    "local-infile": "LOAD DATA LOCAL works, or is refused",
    "log-bin-trust-function-creators": "functions may be created, or not",
    "read-only": "writes are refused",
}
"""What decides about the results of statements, and how."""
SPOKEN = {
    "sql-mode",
    "character-set-server",
    "collation-server",
    "lower-case-table-names",
    "max-allowed-packet",
    "group-concat-max-len",
    "default-time-zone",
    "default-authentication-plugin",
    "authentication-policy",
    "max-connections",
    "transaction-isolation",
    *RESULTS,
}


def told(both: ServicePair, name: str, sentence: str) -> Iterator[Found]:
    """A finding for one setting; `sentence` is about what it decides."""
    for change in changes(both, MYSQL, name):
        yield Found(
            f"{sentence}: {name} is {change.left} on one side and {change.right} on the other",
            f"set it alike: `command: [--{name}=VALUE]`",
            change.at,
        )


@pair(
    "MY001", "mysql.engine-differs", Severity.ERROR, words=MYSQL_WORDS, silent=True,
    symptoms=(r"mysql", r"mariadb", r"collation", r"syntax"),
    since="0.2",
)  # fmt: skip
def engine_differs(both: ServicePair) -> Iterator[Found]:
    """MySQL runs on one side and MariaDB on the other.

    What it compares:
        The images' technology, and what the servers say of themselves.

    Why it matters:
        The two share a protocol and not a product: default collation, JSON, sequences, window functions,
        the optimiser and what `GROUP BY` lets pass differ, partly without an error.

    Example:
        local: `image: mariadb:11.4`
        production: `image: mysql:8.4`

    What to do:
        Run production's engine locally, of the same release.

    When to ignore it:
        In projects that support both and test with both.

    References:
        Incidents mysql-vs-mariadb-group-by-semantics, mariadb-115-default-collation-matomo.
    """
    one, two = _database.engine(both.left), _database.engine(both.right)
    if {one, two} == {"mysql", "mariadb"}:
        names = {"mysql": "MySQL", "mariadb": "MariaDB"}
        told = both.left.technology != both.right.technology
        places: list[Path] = [("image", "repository")] if told else []
        if _database.differs(both, "engine"):
            places.append((_database.ROOT, "engine"))
        yield Found(
            f"{names[one]} runs on one side and {names[two]} on the other",
            "run production's engine locally, of the same release",
            tuple((both.name, path) for path in places),
        )


@pair(
    "MY002", "mysql.sql-mode-differs", Severity.ERROR, words=MYSQL_WORDS, silent=True,
    symptoms=(r"only_full_group_by", r"incorrect .* value", r"data too long", r"truncat", r"division by 0"),
    since="0.2",
)  # fmt: skip
def sql_mode_differs(both: ServicePair) -> Iterator[Found]:
    """The SQL mode decides what is an error, and it is another one on the other side.

    What it compares:
        `sql-mode` on the command line and in mounted `.cnf` files, as a set.

    Why it matters:
        Without strict mode a text that is too long is cut and a wrong date becomes zero, without an error;
        with `ONLY_FULL_GROUP_BY` a query that works elsewhere is refused.

    Example:
        local: `command: --sql-mode=""`
        production: not set, which is strict

    What to do:
        Set the same mode on both sides, the strict one if data may be trusted to it.

    When to ignore it:
        When the program sets the mode in each session.

    References:
        Incident mysql-group-by-e2e-new-version; MySQL Reference Manual, Server SQL Modes.
    """
    for change in changes(both, MYSQL, "sql-mode"):
        one, two = (_modes(text) for text in (change.left, change.right))
        alone = [f"{mode} on the {side} only" for side, modes in (("left", one - two), ("right", two - one))
                 for mode in sorted(modes)]  # fmt: skip
        yield Found(
            f"what counts as an error differs: {', '.join(alone) or 'sql-mode is told on one side only'}",
            "set it alike: `command: [--sql-mode=MODES]`",
            change.at,
        )


def _modes(text: str) -> set[str]:
    return {mode for mode in text.split(",") if mode not in ("", "unset", "empty")}


@pair(
    "MY003", "mysql.character-set-differs", Severity.ERROR, words=MYSQL_WORDS, silent=True,
    symptoms=(r"collation", r"incorrect string value", r"\?\?\?", r"sort", r"duplicate entry"),
    since="0.2",
)  # fmt: skip
def character_set_differs(both: ServicePair) -> Iterator[Found]:
    """New tables get another character set or collation on the other side.

    What it compares:
        `character-set-server` and `collation-server` on the command line and in mounted `.cnf` files.

    Why it matters:
        The collation decides about order and equality: whether `a` equals `ä` and whether a unique key
        takes both. Joins between tables of two collations fail.

    Example:
        local: not set
        production: `command: --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci`

    What to do:
        Set both on both sides, and name them in `CREATE TABLE`.

    When to ignore it:
        When every migration names both.

    References:
        Incident mariadb-115-default-collation-matomo; MySQL Reference Manual, Character Sets.
    """
    for name in ("collation-server", "character-set-server"):
        yield from told(both, name, "texts compare and sort differently")


@pair(
    "MY004", "mysql.table-name-case-differs", Severity.ERROR, words=MYSQL_WORDS,
    symptoms=(r"table .* doesn't exist", r"1146", r"case"),
    since="0.2",
)  # fmt: skip
def table_name_case_differs(both: ServicePair) -> Iterator[Found]:
    """Upper and lower case matter in table names on one side only.

    What it compares:
        `lower-case-table-names`; 0 on Linux where it is not set.

    Why it matters:
        `Orders` and `orders` are one table on one side and two on the other: queries fail with "doesn't
        exist". It can only be set when the data directory is made.

    Example:
        local: `command: --lower-case-table-names=1`
        production: not set

    What to do:
        Set the same value on both sides, on a new volume, and write names in lower case.

    When to ignore it:
        When all names are written in lower case everywhere.

    References:
        Incidents mysql-case-tables-vanilla, mysql-case-tables-migrations-module.
    """
    yield from told(both, "lower-case-table-names", "table names differ in whether case matters")


@pair(
    "MY005", "mysql.packet-size-differs", Severity.WARNING, words=MYSQL_WORDS,
    symptoms=(r"max_allowed_packet", r"packet .*(?:bigger|too large)", r"server has gone away", r"1153|2006"),
    since="0.2",
)  # fmt: skip
def packet_size_differs(both: ServicePair) -> Iterator[Found]:
    """The largest statement or row that the server takes differs.

    What it compares:
        `max-allowed-packet` on the command line and in mounted `.cnf` files, in bytes.

    Why it matters:
        A large upload or the import of a dump ends with "server has gone away" on the side with less.

    Example:
        local: not set
        production: `command: --max-allowed-packet=256M`

    What to do:
        Set it on both sides, and on the client that imports.

    When to ignore it:
        When no row comes near the smaller one.

    References:
        Incidents mysql-packet-altis-local, mysql-packet-planet4.
    """
    for change in changes(both, MYSQL, "max-allowed-packet"):
        one, two = (_size(text) for text in (change.left, change.right))
        yield Found(
            f"statements and rows may be {one} large on one side and {two} on the other",
            "set it alike: `command: [--max-allowed-packet=SIZE]`",
            change.at,
        )


def _size(text: str) -> str:
    number = whole(text)
    return text if number is None else show_size(number)


@pair(
    "MY006", "mysql.group-concat-differs", Severity.WARNING, words=MYSQL_WORDS, silent=True,
    symptoms=(r"group_concat", r"truncat", r"cut off", r"missing (?:ids|entries)"),
    since="0.2",
)  # fmt: skip
def group_concat_differs(both: ServicePair) -> Iterator[Found]:
    """Joined texts are cut at another length on the other side.

    What it compares:
        `group-concat-max-len` on the command line and in mounted `.cnf` files.

    Why it matters:
        `GROUP_CONCAT` cuts its result, 1024 bytes by default in MySQL, and gives a warning that nobody
        reads. Lists of ids lose their ends.

    Example:
        local: `command: --group-concat-max-len=1048576`
        production: not set

    What to do:
        Set it on both sides, or in the session that needs it.

    When to ignore it:
        When no query joins texts.

    References:
        Incident mysql-groupconcat-proxysql; MySQL Reference Manual, Aggregate Functions.
    """
    yield from told(both, "group-concat-max-len", "joined texts are cut at another length")


@pair(
    "MY007", "mysql.time-zone-differs", Severity.ERROR, words=MYSQL_WORDS, silent=True,
    symptoms=(r"time ?zone", r"hours? (?:off|shifted|late|early)", r"timestamp"),
    since="0.2",
)  # fmt: skip
def time_zone_differs(both: ServicePair) -> Iterator[Found]:
    """The database works in another time zone on the other side.

    What it compares:
        `default-time-zone` on the command line and in mounted `.cnf` files, and `TZ` of the container,
        which the zone `SYSTEM` follows; UTC where none is set.

    Why it matters:
        `NOW()` and the conversion of `TIMESTAMP` follow the session's zone: the same row shows another
        time, without an error.

    Example:
        local: not set, which is UTC
        production: `command: --default-time-zone=+02:00`

    What to do:
        Set `--default-time-zone=+00:00` on both sides.

    When to ignore it:
        When the program sets the zone in each session.

    References:
        Incident mysql-tz-bytebase; MySQL Reference Manual, Time Zone Support.
    """
    if not MYSQL.runs(both):
        return
    zones: list[str] = []
    given: list[Given] = []
    for each in (both.left, both.right):
        found = MYSQL.read(each).get("default-time-zone")
        zones.append(_zone(each, found))
        given += [found] if found else []
    if len({_utc(zone) for zone in zones}) > 1:
        yield Found(
            f"the database works in the time zone {zones[0]} on one side and {zones[1]} on the other",
            "use UTC on both sides: `command: [--default-time-zone=+00:00]`",
            at(both, *reversed(given)) or ((both.name, ("environment", "TZ")),),
        )


def _zone(service: Service, found: Given | None) -> str:
    """The zone by its name; `SYSTEM` is the container's."""
    if found and found.value.upper() != "SYSTEM":
        return found.value
    system = _database.text(service, "settings", "system_time_zone")
    return system or service.env("TZ") or (found.value if found else "UTC (default)")


def _utc(zone: str) -> str:
    known = re.fullmatch(
        r"(?:(?:etc/)?(?:utc|gmt)|SYSTEM|[+-]0?0:00|UTC \(default\))", zone, re.IGNORECASE
    )
    return "UTC" if known else zone


@pair(
    "MY008", "mysql.authentication-differs", Severity.ERROR, words=MYSQL_WORDS,
    symptoms=(r"caching_sha2_password", r"mysql_native_password", r"authentication plugin", r"1251|2059"),
    since="0.2",
)  # fmt: skip
def authentication_differs(both: ServicePair) -> Iterator[Found]:
    """New accounts log in by another method on the other side.

    What it compares:
        `default-authentication-plugin` and `authentication-policy` on the command line and in mounted
        `.cnf` files.

    Why it matters:
        Older drivers cannot do `caching_sha2_password`, newer servers no longer load
        `mysql_native_password`: the login fails on one side.

    Example:
        local: `command: --default-authentication-plugin=mysql_native_password`
        production: not set, which is `caching_sha2_password` since MySQL 8.0

    What to do:
        Use the server's default on both sides, with a driver that knows it.

    When to ignore it:
        When the accounts name their plugin themselves.

    References:
        MySQL Reference Manual, Pluggable Authentication.
    """
    for name in ("default-authentication-plugin", "authentication-policy"):
        yield from told(both, name, "accounts log in by another method")
