"""EN: variables that choose what does the work behind the program: engines, providers."""

import re
from collections.abc import Iterator, Mapping

from parity.diff.view import Comparison, Service, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules._values import by_name, production_is_left, text, truth
from parity.rules.contract import Found, pair, single

_ENGINES: Mapping[str, str] = {
    **dict.fromkeys(("sqlite", "sqlite3", "libsql"), "SQLite"),
    **dict.fromkeys(("postgres", "postgresql", "pgsql", "postgis", "pg", "psycopg2"), "PostgreSQL"),
    **dict.fromkeys(("mysql", "mysql2", "mysqli", "mariadb", "pdo_mysql"), "MySQL"),
    **dict.fromkeys(("mssql", "sqlserver", "sqlsrv"), "SQL Server"),
    **dict.fromkeys(("oracle",), "Oracle"),
    **dict.fromkeys(("h2", "hsqldb", "derby"), "an embedded Java database"),
}
_ENGINE_NAME = re.compile(
    r"(?:DB|DATABASE)_*(?:ENGINE|TYPE|CONNECTION|DIALECT|DRIVER|VENDOR|KIND|PROVIDER|ADAPTER|CLIENT|BACKEND)$"
    r"|^TYPEORM_CONNECTION$|^KC_DB$|^DB$",
    re.IGNORECASE,
)
_DATABASE_NAME = re.compile(r"DB|DATABASE|DATASOURCE|JDBC|SQL|DSN", re.IGNORECASE)


@pair(
    "EN024", "environment.database-engine-differs", Severity.ERROR, paths=("environment.*",), silent=True,
    symptoms=(r"no such function", r"sqlite", r"syntax error at or near", r"does not exist", r"ARRAY_AGG"),
    since="0.2",
)  # fmt: skip
def database_engine_differs(both: ServicePair) -> Iterator[Found]:
    """A service uses another database engine: SQLite in one environment, PostgreSQL in the other.

    What it compares:
        The engine that URLs (`sqlite:///`, `postgres://`, `jdbc:h2:`), files (`.sqlite3`) and variables
        such as DB_ENGINE or DB_CONNECTION name.

    Why it matters:
        Engines differ in types, sorting, comparison of case, locking, transactions, functions and limits.
        What passes on one may fail on the other, or return other rows without an error.

    Example:
        local: `DATABASE_URL=sqlite:///db.sqlite3`
        production: `DATABASE_URL=postgres://db/shop`

    What to do:
        Use production's engine locally; `parity up` starts it.

    When to ignore it:
        Never for tests whose result counts.

    References:
        Incidents engine-f2pehp-sqlite-vs-pg, engine-scancode-arrayagg.
    """
    if not _engine_changes(both):
        return
    left, right = _engines(both.left), _engines(both.right)
    shared = [name for name in right if name in left and left[name] != right[name]]
    if not shared and (not left or not right or set(left.values()) & set(right.values())):
        return
    name = (shared or list(right))[0]
    other = name if shared else next(iter(left))
    at = [(both.name, ("environment", each)) for each in dict.fromkeys((name, other))]
    yield Found(
        f"`{both.name}` uses {left[other]} on the left side and {right[name]} on the right",
        f"run {right[name]} on both sides",
        at=tuple(at),
    )


def _engine_changes(both: ServicePair) -> bool:
    """Whether any variable names another engine: a quick look, since nearly none does."""
    return any(
        _engine(name, both.left.env(name) or "") != _engine(name, both.right.env(name) or "")
        for name in (str(path[1]) for path in both.changed if path[0] == "environment")
    )


def _engines(service: Service) -> dict[str, str]:
    """By variable."""
    found = {}
    for name, value in service.environment():
        engine = _engine(name, text(value) or "")
        if engine:
            found[name] = engine
    return found


_may_be_database = by_name("DB|DATABASE|DATASOURCE|JDBC|SQL|DSN|CONNECTION")
_SQLITE_FILE = re.compile(r"\.(?:sqlite3?|db3?)$")
_SCHEME = re.compile(r"^(?:jdbc:)?([a-z][a-z0-9]*)(?:\+[a-z0-9_]+)?:")


def _engine(name: str, value: str) -> str:
    if "://" not in value and not _may_be_database(name):
        return ""  # Most variables are this cheap.
    if _SQLITE_FILE.search(value) and _DATABASE_NAME.search(name):
        return "SQLite"
    scheme = _SCHEME.match(value)
    if scheme and ("://" in value or value.startswith(("jdbc:", "sqlite:", "file:"))):
        return _ENGINES.get(scheme[1], "")
    if _ENGINE_NAME.search(name):
        return _ENGINES.get(re.split(r"[.\\/]", value.lower())[-1], "")
    return ""


_PROVIDER = re.compile(
    r"(?:^|_)(?:DRIVER|BACKEND|PROVIDER|ADAPTER|STORE|MAILER|TRANSPORT|DISK|CONNECTION|STORAGE|STORAGE_TYPE"
    r"|STORAGE_BACKEND|CACHE_TYPE|QUEUE_TYPE|BROKER_TYPE)$",
    re.IGNORECASE,
)
_PROVIDERS = frozenset(
    [
        "file",
        "local",
        "filesystem",
        "disk",
        "memory",
        "inmemory",
        "in-memory",
        "array",
        "sync",
        "redis",
        "database",
        "db",
        "s3",
        "gcs",
        "gcloud",
        "azure",
        "minio",
        "smtp",
        "log",
        "console",
        "dummy",
        "locmem",
        "memcached",
        "null",
        "none",
        "sqs",
        "rabbitmq",
        "amqp",
        "kafka",
        "ses",
        "sendgrid",
        "mailgun",
        "postmark",
        "cookie",
        "apc",
        "dynamodb",
        "elasticsearch",
        "opensearch",
        "database_cache",
        "fake",
        "mock",
        "stub",
        "noop",
    ]
)
_EAGER = re.compile(r"ALWAYS_EAGER$|^SIDEKIQ_INLINE$|_RUN_INLINE$", re.IGNORECASE)


@single(
    "EN025", "environment.provider-differs", Severity.WARNING, paths=("environment.*",), silent=True,
    symptoms=(r"serializ", r"session", r"\bjob", r"queue", r"mail"), names=(_EAGER, _PROVIDER), since="0.2",
)  # fmt: skip
def provider_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Caches, sessions, queues, mail or files use another implementation in one environment.

    What it compares:
        Variables such as CACHE_DRIVER, QUEUE_CONNECTION, SESSION_DRIVER, EMAIL_BACKEND, STORAGE_TYPE and
        CELERY_TASK_ALWAYS_EAGER that are set on both sides.

    Why it matters:
        A job that runs at once in the same process needs no serialisation, no retry and no worker; a file
        store is not shared between replicas; mail that is logged never bounces. All of it is tested in
        production first.

    Example:
        local: `QUEUE_CONNECTION=sync`
        production: `QUEUE_CONNECTION=redis`

    What to do:
        Use production's implementation locally: the service it needs is in production's definition.

    When to ignore it:
        Mail that must not leave the laptop: send it by SMTP to a local catcher instead.

    References:
        The Twelve-Factor App, X. Dev/prod parity; incident s3-alveus-minio-acl.
    """
    name = str(difference.path[-1])
    if ABSENT in (difference.left, difference.right):
        return
    left, right = _provider(name, difference.left), _provider(name, difference.right)
    if left and right and left != right:
        one, two = comparison.left.name, comparison.right.name
        yield Found(
            f"`{name}` is `{left}` in {one} and `{right}` in {two}: another implementation does the work",
            f"{name}: {text(difference.left if production_is_left(comparison) else difference.right)} "
            "on both sides",
        )


def _provider(name: str, value: object) -> str:
    given = (text(value) or "").strip().lower()
    if _EAGER.search(name):
        return {True: "inline", False: "workers", None: ""}[truth(given)]
    if not _PROVIDER.search(name) or name.upper().startswith("LOG"):
        return ""
    if given in _PROVIDERS:
        return given
    parts = given.split(".")
    return next((part for part in reversed(parts[:-1]) if part in _PROVIDERS), "")
