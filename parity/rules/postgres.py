"""PG: what a Postgres server is told on one side and not on the other."""

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from parity.diff.view import Service, ServicePair
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._given import Given, Told, at, changes
from parity.rules._servers import (
    POSTGRES,
    POSTGRES_WORDS,
    contents,
    postgres_options,
    postgres_value,
)
from parity.rules.contract import Found, pair

_TIMEOUTS = (
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "transaction_timeout",
)
_HINTS = ("pgoptions", "options=", "_timeout", "currentschema", "search_path")
"""One of these occurs wherever a client asks for something."""
DURABILITY = ("fsync", "full_page_writes", "synchronous_commit")
NOISE = re.compile(
    r"^(?:log|cluster_name|listen_addresses|port|unix_socket|ssl_\w+_file|hba_file|ident_file|config_file"
    r"|data_directory|external_pid_file|archive_\w+|restore_command|primary_\w+|recovery_\w+|stats_temp)"
)
SESSION = (
    "datestyle", "intervalstyle", "standard_conforming_strings", "bytea_output", "client_encoding",
    "default_transaction_isolation", "default_transaction_read_only", "transform_null_equals", "backslash_quote",
    "session_replication_role", "default_text_search_config", "array_nulls", "xmloption", "row_security",
    "lc_numeric", "lc_monetary", "lc_time",
)  # fmt: skip
"""What decides about the results of a session's statements."""
SPOKEN = {
    "max_connections",
    "timezone",
    "search_path",
    "shared_preload_libraries",
    *_TIMEOUTS,
    *DURABILITY,
    *SESSION,
}


def _of_client(service: Service) -> Told:
    """What a client asks of each of its sessions: PGOPTIONS, `options=` of URLs, database.yml."""
    told: Told = {}
    if not service.mentions(*_HINTS):
        return told
    for text, path in contents(service, r"database[\w.-]*\.ya?ml$|\.(?:env|properties|toml|ini)$"):
        for match in re.finditer(
            r"^\s*(statement_timeout|lock_timeout)\s*[:=]\s*(\S+)", text, re.MULTILINE
        ):
            told[match[1]] = Given(postgres_value(match[1], match[2]), path)
    for variable, value in service.environment():
        if not isinstance(value, str):
            continue
        place: Path = ("environment", variable)
        for name, text in postgres_options(_session(variable, value)):
            told[name] = Given(text, place)
        timeout = re.search(
            r"(?:^|_)(STATEMENT_TIMEOUT|LOCK_TIMEOUT)(?:_MS)?$", variable, re.IGNORECASE
        )
        if timeout and value:
            name = timeout[1].lower()
            told[name] = Given(postgres_value(name, value), place)
        schema = re.search(r"[?&](?:currentSchema|search_path)=([^&]*)", value)
        if schema:
            told["search_path"] = Given(schema[1], place)
    return told


def _session(variable: str, value: str) -> list[str]:
    if variable == "PGOPTIONS":
        return value.split()
    match = re.search(r"[?&]options=([^&]*)", value)
    return unquote_plus(match[1]).split() if match else []


def sessions(both: ServicePair, *names: str) -> Iterator[tuple[str, str, str, Path]]:
    """Settings of sessions that only one side's client asks for, or asks for differently."""
    left, right = _of_client(both.left), _of_client(both.right)
    for name in names:
        one, two = POSTGRES.value(left, name), POSTGRES.value(right, name)
        if one != two and (name in left or name in right):
            path = (right.get(name) or left[name]).path
            yield name, one or "unset", two or "unset", path


@pair(
    "PG001", "postgres.max-connections-differ", Severity.WARNING, words=POSTGRES_WORDS,
    symptoms=(r"too many clients", r"remaining connection slots", r"connection pool"),
    since="0.2",
)  # fmt: skip
def max_connections_differ(both: ServicePair) -> Iterator[Found]:
    """Postgres accepts another number of connections on the other side.

    What it compares:
        `max_connections` on the server's command line and in mounted configuration files; 100 where it is
        not set.

    Why it matters:
        Pools are sized against it. The side with fewer refuses clients as soon as there is load, and says
        so to whoever connects last.

    Example:
        local: `command: postgres`
        production: `command: postgres -c max_connections=500`

    What to do:
        Set it on both sides, and keep pools x processes x replicas below it.

    When to ignore it:
        When the local stack never runs under load.

    References:
        Incident pg-max-connections-texera; PostgreSQL documentation, Connections and Authentication.
    """
    for change in changes(both, POSTGRES, "max_connections"):
        yield Found(
            f"Postgres accepts {change.left} connections on one side and {change.right} on the other",
            "set it alike: `command: [postgres, -c, max_connections=NUMBER]`",
            change.at,
        )


@pair(
    "PG002", "postgres.timeouts-differ", Severity.WARNING, words=("statement", "lock", "transaction"),
    symptoms=(r"cancell?ing statement due to", r"statement timeout", r"lock timeout", r"57014"),
    since="0.2",
)  # fmt: skip
def timeouts_differ(both: ServicePair) -> Iterator[Found]:
    """Statements are cancelled after a time on one side that the other side lets pass.

    What it compares:
        `statement_timeout`, `lock_timeout`, `idle_in_transaction_session_timeout` and
        `transaction_timeout`: of the server, and of sessions, through `PGOPTIONS`, `options=` of a
        connection URL, variables of these names and mounted `database.yml` files.

    Why it matters:
        A long migration or report runs through on one side and is cancelled on the other, each time.

    Example:
        local: not set, which is no limit
        production: `PGOPTIONS=-c statement_timeout=15s`

    What to do:
        Use the same limit on both sides, and give migrations a session with their own.

    When to ignore it:
        When no statement comes near the limit.

    References:
        Incident pg-statement-timeout-strong-migrations; PostgreSQL documentation, Client Connection
        Defaults.
    """
    for change in changes(both, POSTGRES, *_TIMEOUTS):
        yield Found(
            f"Postgres' {change.name} is {change.left} on one side and {change.right} on the other",
            f"set it alike: `command: [postgres, -c, {change.name}=TIME]`",
            change.at,
        )
    for name, left, right, path in sessions(both, *_TIMEOUTS):
        yield Found(
            f"sessions ask for a {name} of {left} on one side and {right} on the other",
            "ask for the same limit on both sides; give migrations a session of their own",
            ((both.name, path),),
        )


@pair(
    "PG003", "postgres.time-zone-differs", Severity.ERROR, words=(*POSTGRES_WORDS, "pgoptions", "options"), silent=True,
    symptoms=(r"time ?zone", r"hours? (?:off|shifted|late|early)", r"timestamp"),
    since="0.2",
)  # fmt: skip
def time_zone_differs(both: ServicePair) -> Iterator[Found]:
    """The database works in another time zone on the other side.

    What it compares:
        The server's `timezone`, as it has it where it was asked, and `TZ` and `PGTZ` of the database's
        container; UTC where none is set.
        Also the time zone that clients ask for in `PGOPTIONS` and connection URLs.

    Why it matters:
        A timestamp without zone is read in the session's zone. The same row means another instant, and
        `now()::date` another day, without any error.

    Example:
        local: not set, which is UTC
        production: `TZ: Europe/Amsterdam`

    What to do:
        Run databases in UTC on both sides, and store instants as `timestamptz`.

    When to ignore it:
        When every column that holds an instant has a zone and no query asks for dates.

    References:
        Incidents pg-timezone-opentaxii, pg-timezone-cliquet-localtime; PostgreSQL documentation,
        Date/Time Types.
    """
    if POSTGRES.runs(both):
        left, right = _zone(both.left), _zone(both.right)
        if _utc(left) != _utc(right):
            places = at(both, *(given for given in (right, left) if given))
            yield Found(_zones("the database works", left, right), _ZONE_FIX, places)
    elif _names_zones(both):
        one, two = (_of_client(each).get("timezone") for each in (both.left, both.right))
        if _utc(one) != _utc(two):
            path = (two or one or Given("", ())).path
            yield Found(_zones("sessions work", one, two), _ZONE_FIX, ((both.name, path),))


def _names_zones(both: ServicePair) -> bool:
    """Whether a setting that differs names a session's time zone: most pairs of clients have none."""
    sides = (both.left, both.right)
    return any(
        "timezone" in str(s.settings.get(path)).lower() for path in both.changed for s in sides
    )


_ZONE_FIX = "use UTC on both sides: `TZ: UTC` and `-c timezone=UTC`"


def _zones(what: str, left: Given | None, right: Given | None) -> str:
    one, two = (given.value if given else "UTC (default)" for given in (left, right))
    return f"{what} in the time zone {one} on one side and {two} on the other"


def _zone(service: Service) -> Given | None:
    told = POSTGRES.read(service)
    if "timezone" in told:
        return told["timezone"]
    for name in ("PGTZ", "TZ"):
        value = service.env(name)
        if value:
            return Given(value, ("environment", name))
    return None


def _utc(given: Given | None) -> str:
    text = given.value if given else "UTC"
    return "UTC" if re.fullmatch(r"(?:etc/)?(?:utc|gmt|uct|zulu)", text, re.IGNORECASE) else text


@pair(
    "PG004", "postgres.locale-differs", Severity.ERROR, words=POSTGRES_WORDS, silent=True,
    symptoms=(r"collat", r"sort", r"order(?:ing)?", r"encoding", r"invalid byte sequence"),
    since="0.2",
)  # fmt: skip
def locale_differs(both: ServicePair) -> Iterator[Found]:
    """The database was made with another locale or encoding on the other side.

    What it compares:
        `LANG`, `LC_ALL`, `LC_COLLATE` and `LC_CTYPE` of a Postgres container, and the locale and encoding
        options in `POSTGRES_INITDB_ARGS`. It is only said where the databases were asked, and are alike.

    Why it matters:
        The locale decides about the order of texts, about upper and lower case and about which index a
        `LIKE` can use. Sorted pages and range queries give other rows, without any error.

    Example:
        local: `POSTGRES_INITDB_ARGS: --locale=C`
        production: `POSTGRES_INITDB_ARGS: --locale=en_US.UTF-8`

    What to do:
        Make both databases with the same `--encoding`, `--locale-provider` and `--locale`. It is fixed
        when the volume is made: a new value needs a new volume.

    When to ignore it:
        When every query that sorts names its collation.

    References:
        Incidents pg-alpine-collation-order, pg-aurora-vs-alpine-sort; PostgreSQL documentation, Locale
        Support.
    """
    if not POSTGRES.runs(both):
        return
    left, right = locale_of(both.left), locale_of(both.right)
    for name in dict.fromkeys((*left, *right)):
        one, two = left.get(name), right.get(name)
        if (one.value if one else "") == (two.value if two else ""):
            continue
        path = (two or one or Given("", ())).path
        shown = [given.value if given else "unset" for given in (one, two)]
        yield Found(
            f"Postgres makes its database with {name} {shown[0]} on one side and {shown[1]} on the other",
            "make both alike: `POSTGRES_INITDB_ARGS: --encoding=UTF8 --locale=LOCALE`, on a new volume",
            ((both.name, path),),
            Severity.INFO if _made_alike(both) else None,
        )


def _made_alike(both: ServicePair) -> bool:
    """Whether the databases themselves say that it made no difference."""
    names = [("collation", n) for n in ("name", "ctype", "provider", "sort")] + [("encoding",)]
    asked = all(_database.text(side, "collation", "name") for side in (both.left, both.right))
    return asked and not any(_database.differs(both, *name) for name in names)


_INITDB = "POSTGRES_INITDB_ARGS"
_LOCALE = re.compile(r"--(encoding|locale(?:-provider)?|icu-locale|lc-\w+)[= ](\S+)|-E\s*(\S+)")


def locale_of(service: Service) -> Told:
    told: Told = {}
    for name in ("LANG", "LC_ALL", "LC_COLLATE", "LC_CTYPE"):
        value = service.env(name)
        if value:
            told[name] = Given(_folded(value), ("environment", name))
    for match in _LOCALE.finditer(service.env(_INITDB) or ""):
        name = f"--{match[1] or 'encoding'}"
        told[name] = Given(_folded(match[2] or match[3]), ("environment", _INITDB))
    return told


def _folded(locale: str) -> str:
    """`en_US.utf8` and `en_US.UTF-8` are one locale."""
    return re.sub(r"utf-?8", "UTF-8", locale, flags=re.IGNORECASE).strip("'\"")


@pair(
    "PG005", "postgres.initdb-arguments-differ", Severity.WARNING, words=POSTGRES_WORDS,
    since="0.2",
)  # fmt: skip
def initdb_arguments_differ(both: ServicePair) -> Iterator[Found]:
    """The database's files are made with other options on the other side.

    What it compares:
        `POSTGRES_INITDB_ARGS` without its locale options, which are another rule's.

    Why it matters:
        Checksums, WAL segment size and the authentication of new clusters are decided when the volume is
        made, and never again.

    Example:
        local: unset
        production: `POSTGRES_INITDB_ARGS: --data-checksums`

    What to do:
        Use the same arguments, and make the local volume anew.

    When to ignore it:
        When only the authentication of local logins differs.

    References:
        PostgreSQL documentation, initdb; Docker Official Image postgres, POSTGRES_INITDB_ARGS.
    """
    if not POSTGRES.runs(both):
        return
    one, two = (
        sorted(_LOCALE.sub("", each.env(_INITDB) or "").split()) for each in (both.left, both.right)
    )
    if one != two:
        shown = [" ".join(words) or "nothing" for words in (one, two)]
        yield Found(
            f"the database is made with {shown[0]} on one side and {shown[1]} on the other",
            "use the same POSTGRES_INITDB_ARGS, and make the local volume anew",
            ((both.name, ("environment", _INITDB)),),
        )
