"""The connections that services describe in their variables: URLs, connection texts, and split forms.

DATABASE_URL=postgres://shop:…@db/shop      CACHE_URL=redis://cache:6379/0  CACHE_PASSWORD=…
ConnectionStrings__Main=Host=db;Database=…  DB_HOST=db  DB_USER=shop  DB_NAME=shop
"""

import re
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote

from parity.probes.database.contract import Login

POSTGRES, MYSQL, REDIS, RABBITMQ = "postgres", "mariadb", "redis", "rabbitmq"
PORTS: Mapping[str, int] = {POSTGRES: 5432, MYSQL: 3306, REDIS: 6379, RABBITMQ: 5672}
_SCHEMES: Mapping[str, str] = {
    **dict.fromkeys(("postgres", "postgresql", "pgsql", "postgis", "psql"), POSTGRES),
    **dict.fromkeys(("mysql", "mysql2", "mariadb"), MYSQL),
    **dict.fromkeys(("redis", "rediss", "valkey", "valkeys"), REDIS),
    **dict.fromkeys(("amqp", "amqps"), RABBITMQ),
}
_ENCRYPTED = ("rediss", "valkeys", "amqps")
_URL = re.compile(
    r"(?:jdbc:|r2dbc:)?(?P<scheme>[a-z0-9]{2,20})(?:\+[a-z0-9_]+)?://(?P<rest>[^\s]+)\Z"
)
_HOST = re.compile(r"(?:HOST(?:NAME)?|SERVER|ADDR(?:ESS)?|ENDPOINT)\Z")
_LINK = re.compile(r"(?:URL|URI|DSN|CONNECTION(?:_?STRING)?|ENDPOINT)\Z")
_FILED = re.compile(
    r"(?:URL|URI|DSN|CONNECTION(?:_?STRING)?|HOST|USER(?:NAME)?|PASS(?:WORD|WD)?|PWD|NAME|DATABASE|DB)\Z"
)
_PLACED = re.compile(r"(?:^|[;\s])(?:host|server|data source)\s*=", re.IGNORECASE)
_HINTS = (
    (re.compile(r"PG|POSTGRES|PSQL"), POSTGRES),
    (re.compile(r"MYSQL|MARIA"), MYSQL),
    (re.compile(r"REDIS|VALKEY"), REDIS),
    (re.compile(r"RABBIT|AMQP"), RABBITMQ),
)
_USER = ("USER", "USERNAME", "USER_NAME", "LOGIN", "DEFAULT_USER")
_PASSWORD = ("PASSWORD", "PASS", "PASSWD", "PWD", "AUTH", "DEFAULT_PASS")
_DATABASE = (
    "NAME",
    "DATABASE",
    "DB",
    "DBNAME",
    "DB_NAME",
    "DATABASE_NAME",
    "VHOST",
    "DEFAULT_VHOST",
)
_PREFIXES: Mapping[str, tuple[str, ...]] = {
    POSTGRES: ("PG", "POSTGRES_", "POSTGRESQL_", "DB_", "DATABASE_"),
    MYSQL: ("MYSQL_", "MARIADB_", "DB_", "DATABASE_"),
    REDIS: ("REDIS_",),
    RABBITMQ: ("RABBITMQ_", "AMQP_"),
}
_KEYWORDS: Mapping[str, str] = {
    **dict.fromkeys(("host", "server", "data source"), "host"),
    **dict.fromkeys(("user", "user id", "username", "uid", "user name"), "user"),
    **dict.fromkeys(("password", "pwd"), "password"),
    **dict.fromkeys(("dbname", "database", "initial catalog"), "database"),
    **dict.fromkeys(("port",), "port"),
}
_LONGEST = 2000
_YES = ("1", "true", "yes", "required", "require", "verify_ca", "verify_identity")
_LOCAL = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Known:
    """The services of an environment as the connections among them name each other."""

    variables: Mapping[str, Mapping[str, str]]
    """The effective ones of each service that runs."""
    hosts: Mapping[str, str]
    """Service by each name and address that it has."""
    engines: Mapping[str, str]
    """What the services that are database servers run."""
    beside: Mapping[str, frozenset[str]]
    """The services that share a service's network: `localhost` is each of them."""


def logins(known: Known) -> Iterator[tuple[str, Login]]:
    """(service that is addressed, connection), those of each service together, by its name.

    What is addressed need not be the server: a pooler may stand in front of it.
    """
    for service in sorted(known.variables):
        variables = known.variables[service]
        found = dict(_described(variables))
        for name in sorted(found, key=lambda one: (not _LINK.search(one.upper()), one)):
            login = replace(found[name], service=service, whose=f"{service}.environment.{name}")
            for target in _targets(known, service, login):
                engine = known.engines.get(target, "")
                if (engine and login.engine in ("", engine)) or (login.engine and not engine):
                    yield target, _complete(login, engine)


def in_file(name: str) -> bool:
    """Whether a variable names a file with what a connection needs: `DATABASE_URL_FILE`."""
    upper = name.upper()
    return upper.endswith("_FILE") and bool(_FILED.search(upper.removesuffix("_FILE")))


def from_url(text: str) -> Login | None:
    """The connection that a URL describes; None where it is none of a server that parity asks."""
    match = _URL.match(text[:_LONGEST])
    engine = _SCHEMES.get(match["scheme"], "") if match else ""
    if not match or not engine:
        return None
    authority, path, query = _split(match["rest"])
    given, _, place = authority.rpartition("@")
    user, _, password = given.partition(":")
    host, port = _place(place.partition(",")[0])
    options = dict(parse_qsl(query.partition("#")[0], max_num_fields=100) if query else ())
    database = unquote(path)
    if engine == RABBITMQ:
        database, user, password = (
            database or "/",
            user or "guest",
            password or ("" if user else "guest"),
        )
    secure = {options.get(name, "").lower() for name in ("ssl", "ssl-mode", "sslMode", "useSSL")}
    return Login(
        engine,
        unquote(host).lower(),
        port or PORTS[engine],
        unquote(user) or options.get("user", ""),
        unquote(password) or options.get("password", ""),
        database,
        options,
        match["scheme"] in _ENCRYPTED or bool(secure & set(_YES)),
    )


def _split(rest: str) -> tuple[str, str, str]:
    """Authority, path and query. A password that nobody escaped may hold a `/` or `?`."""
    bare, _, query = rest.partition("?") if "@" not in rest.partition("?")[2] else (rest, "", "")
    end = bare.find("/", bare.rfind("@") + 1)
    return (bare, "", query) if end < 0 else (bare[:end], bare[end + 1 :], query)


def _place(text: str) -> tuple[str, int]:
    if text.startswith("["):
        host, _, port = text[1:].partition("]")
        port = port.removeprefix(":")
    else:
        host, _, port = text.partition(":")
    return host, int(port) if port.isdecimal() and len(port) <= 5 else 0  # noqa: PLR2004


def _described(variables: Mapping[str, str]) -> Iterator[tuple[str, Login]]:
    for name, text in variables.items():
        value = text.strip()
        if "://" in value:
            login = from_url(value)
            if login:
                yield name, _with_siblings(login, name, _LINK, variables)
        elif _PLACED.search(value[:_LONGEST]):
            yield from ((name, each) for each in _keywords(name, value[:_LONGEST]))
        elif _HOST.search(name.upper()) and value and not re.search(r"[\s/@]", value[:_LONGEST]):
            host, port = _place(value[:_LONGEST])
            hint = _hint(name)
            login = Login(hint, host.lower(), port)
            yield name, _with_siblings(login, name, _HOST, variables)


def _hint(name: str) -> str:
    return next((engine for pattern, engine in _HINTS if pattern.search(name.upper())), "")


def _keywords(name: str, text: str) -> Iterator[Login]:
    """`host=db dbname=shop` of libpq, `Server=db;Database=shop` of ADO."""
    try:
        parts = text.split(";") if ";" in text else shlex.split(text)
    except ValueError:
        return
    told: dict[str, str] = {}
    for part in parts:
        key, _, value = part.partition("=")
        known = _KEYWORDS.get(key.strip().lower())
        if known:
            told[known] = value.strip()
    host, port = _place(told.get("host", "").removeprefix("tcp:").replace(",", ":"))
    if host:
        number = told.get("port", "")
        port = int(number) if number.isdecimal() and len(number) <= 5 else port  # noqa: PLR2004
        yield Login(
            _hint(name), host.lower(), port,
            told.get("user", ""), told.get("password", ""), told.get("database", ""),
        )  # fmt: skip


def _with_siblings(
    login: Login, name: str, suffix: re.Pattern[str], variables: Mapping[str, str]
) -> Login:
    """What the variables beside one add to it: `CACHE_PASSWORD` to `CACHE_URL`."""
    found = suffix.search(name.upper())
    own = name[: found.start()] if found else f"{name}_"
    usual = _PREFIXES.get(login.engine, (*_PREFIXES[POSTGRES], *_PREFIXES[MYSQL]))
    prefixes = (own, *usual)
    given = {key.upper(): value for key, value in variables.items()}

    def beside(*names: str) -> str:
        keys = (f"{prefix.upper()}{each}" for prefix in prefixes for each in names)
        return next((given[key] for key in keys if given.get(key)), "")

    port = beside("PORT")
    return replace(
        login,
        port=login.port or (int(port) if port.isdecimal() and len(port) <= 5 else 0),  # noqa: PLR2004
        user=login.user or beside(*_USER),
        password=login.password or beside(*_PASSWORD),
        database=login.database or beside(*_DATABASE),
    )


def _targets(known: Known, service: str, login: Login) -> Iterator[str]:
    """The service that a host is: by a name that it has, or by the first part of a longer one."""
    if login.host in _LOCAL:
        yield from sorted(
            each
            for each in known.beside.get(service, ())
            if each != service
            and login.engine in ("", known.engines.get(each))
            and known.engines.get(each)
        )
        return
    target = known.hosts.get(login.host)
    label = login.host.partition(".")[0]
    if target is None and login.engine and known.engines.get(label) == login.engine:
        target = label
    if target is not None and target != service:
        yield target


def _complete(login: Login, engine: str) -> Login:
    """With what is usual where it is not told."""
    engine = login.engine or engine
    port = login.port or PORTS.get(engine, 0)
    guest = engine == RABBITMQ and not login.user
    return replace(
        login,
        engine=engine,
        port=port,
        user="guest" if guest else login.user,
        password="guest" if guest and not login.password else login.password,
        database=login.database or ("/" if engine == RABBITMQ else ""),
    )
