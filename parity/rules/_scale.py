"""How often a service runs: replicas, workers within each, connections that each worker keeps."""

import re
from dataclasses import dataclass

from parity.diff.view import Service
from parity.model.document import Path
from parity.rules._numbers import whole
from parity.rules._values import FALSE, TRUE
from parity.rules._words import argv, line, option

REPLICAS: Path = ("deploy", "replicas")
_MOST: Path = ("x-parity", "autoscaling", "max")
_WORKERS = ("--workers", "-w", "--processes", "--worker-processes", "--instances")
_SERVERS = frozenset(
    {"gunicorn", "uvicorn", "hypercorn", "granian", "uwsgi", "puma", "pm2-runtime", "unicorn"}
)
_WORKER_NAMES = (
    "WEB_CONCURRENCY",
    "GUNICORN_WORKERS",
    "UVICORN_WORKERS",
    "WEB_WORKERS",
    "PUMA_WORKERS",
    "WORKERS",
    "NUM_WORKERS",
)
WORKER_WORDS = (
    "gunicorn", "uvicorn", "hypercorn", "granian", "uwsgi", "puma", "runtime", "unicorn",
    "concurrency", "workers",
)  # fmt: skip
"""One of these occurs in every program and name above."""
_POOL_NAME = re.compile(
    r"^(?!REDIS|HTTP|CACHE|AMQP|RABBIT|THREAD|MEMCACHE).*"
    r"(?:(?:DB|DATABASE|POSTGRES|PG|MYSQL|SQLALCHEMY|HIKARI|DATASOURCE|KNEX|CONNECTION|PRISMA|SQL)\w*"
    r"POOL(?:_?(?:MAX|SIZE|LIMIT|MAX_SIZE|MAXIMUM|MAXSIZE))*"
    r"|HIKARI_?MAXIMUM_?POOL_?SIZE|DB_POOL|(?:DB|DATABASE|PG|POSTGRES)_MAX_(?:OPEN_)?CONN\w*"
    r"|^DB_POOL_MAX|^PGPOOLSIZE|^POOL_SIZE)$",
    re.IGNORECASE,
)
_OVERFLOW = re.compile(r"(?:^|_)MAX_OVERFLOW$", re.IGNORECASE)
_IN_URL = re.compile(r"[?&](?:connection_limit|pool_size|pool_max_conns|max_pool_size|pool)=(\d+)")
MIGRATES = re.compile(
    r"manage\.py\s+migrate|\balembic\s+upgrade|\bflask\s+db\s+upgrade|\bdb:migrate\b|\bdb:prepare\b"
    r"|\bprisma\s+(?:migrate\s+(?:deploy|dev)|db\s+push)|\bmigration:run\b|\bartisan\s+migrate|\bknex\s+migrate"
    r"|\bsequelize(?:-cli)?\s+db:migrate|\bdoctrine:migrations:migrate|\bflyway\s+migrate|\bliquibase\s+update"
    r"|\bgoose\s+up|\bmigrate\s+(?:\S+\s+)*?up\b|\bdrizzle-kit\s+(?:migrate|push)|\bdiesel\s+migration\s+run"
    r"|\becto\.migrate|\bsqlx\s+migrate\s+run|\bdotnet\s+ef\s+database\s+update|\bdbmate\s+up|\batlas\s+migrate"
    r"|\b(?:npm|yarn|pnpm)\s+(?:run\s+)?(?:db:)?migrate\b|(?:^|[\s/])migrate\.(?:sh|js|py)\b|--(?:auto-?)?migrate\b"
)
MIGRATION_HINTS = ("migrat", "upgrade", "prepare", " push", "update", "goose", "dbmate")
"""One of these occurs wherever the patterns match."""
_MIGRATION_NAME = re.compile(
    r"(?:^|_)(?:AUTO_?)?MIGRAT(?:E|ION|IONS)(?:_|$)|AUTOMIGRATE", re.IGNORECASE
)
_NOT_AT_START = re.compile(
    r"DISABLE|SKIP|(?:^|_)NO_|PATH|DIR|TABLE|TIMEOUT|URL|DSN|LOCK|USER", re.IGNORECASE
)


@dataclass(frozen=True)
class Number:
    """A number and the service's setting it stands in."""

    value: int
    path: Path


def replicas(service: Service) -> int:
    """How many run at rest; 1 where nothing is said."""
    number = service.settings.get(REPLICAS)
    return number if isinstance(number, int) else 1


def most(service: Service) -> int:
    """How many run at most, with an autoscaler's bound."""
    bound = service.settings.get(_MOST)
    return max(replicas(service), bound if isinstance(bound, int) else 0)


def workers(service: Service) -> Number | None:
    """Processes within one container, where the definition says so."""
    words = argv(service.words)
    if any(word.rpartition("/")[2] in _SERVERS for word in words):
        said = whole(option(words, *_WORKERS))
        if said is not None:
            return Number(said, where(service))
    for name in _WORKER_NAMES:
        value = whole(service.env(name))
        if value is not None:
            return Number(value, ("environment", name))
    return None


def where(service: Service) -> Path:
    """The setting that holds the command line."""
    return ("command",) if service.get("command") else ("entrypoint",)


def pool(service: Service) -> Number | None:
    """Connections to a database that one process may keep, where the definition says so."""
    found: Number | None = None
    extra = 0
    if not service.mentions("pool", "conn"):
        return None
    for name, value in service.environment():
        if not isinstance(value, str):
            continue
        in_url = _IN_URL.search(value) if "://" in value else None
        number = whole(in_url[1] if in_url else value)
        if number is None:
            continue
        if _OVERFLOW.search(name):
            extra = number
        elif in_url or _POOL_NAME.search(name):
            found = (
                max(found, Number(number, ("environment", name)), key=_size)
                if found
                else (Number(number, ("environment", name)))
            )
    return Number(found.value + extra, found.path) if found else None


def _size(number: Number) -> int:
    return number.value


def migrates(service: Service) -> tuple[str, Path] | None:
    """What tells a service to migrate its database at every start, and the setting it stands in."""
    if not service.mentions(*MIGRATION_HINTS):
        return None
    match = MIGRATES.search(line(service))
    if match:
        return match[0].strip(), where(service)
    for name, value in service.environment():
        word = str(value).strip().lower()
        asks = _MIGRATION_NAME.search(name) and not _NOT_AT_START.search(name)
        forbids = "MIGRAT" in name.upper() and re.search(r"DISABLE|SKIP", name, re.IGNORECASE)
        if (asks and word in TRUE) or (forbids and word in FALSE):
            return f"{name}={value}", ("environment", name)
    return None
