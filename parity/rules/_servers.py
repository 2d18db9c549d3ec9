"""What database servers are told: on the command line, in variables, in configuration files.

All of it as one table, name -> value and where it is given. Names and values are normalised as far as
the server itself takes them for equal.
"""

import re
import shlex
from collections.abc import Iterator, Sequence

from parity.diff.units import size
from parity.diff.view import Service
from parity.model.document import ABSENT, Path
from parity.rules import _database
from parity.rules._given import Given, Server, Told
from parity.rules._image_files import image_contents, image_settings
from parity.rules._words import argv, script

POSTGRES_WORDS = (
    "postgres",
    "postgresql",
    "postgis",
    "timescale",
    "timescaledb",
    "pgvector",
    "supabase",
)
"""What the images are called, for rules to say which services concern them."""
MYSQL_WORDS = ("mysql", "mariadb", "percona")
REDIS_WORDS = ("redis", "valkey", "keydb", "dragonfly")


def contents(service: Service, file: str) -> Iterator[tuple[str, Path]]:
    """Texts of the files whose path matches, with the setting that holds them: those that the image
    brings and nothing is mounted over, then the mounted ones, which count where both speak.
    """
    yield from image_contents(service, file)
    for path, value in service.others.items():
        if path[-1] == "content" and path[0] in ("configs", "volumes") and isinstance(value, str):
            target = str(path[1])
            if re.search(file, target):
                yield str(value), path


def command(service: Service) -> tuple[tuple[str, ...], Path]:
    """The words of the command line and the setting they stand in, shells' scripts split."""
    where: Path = ("command",) if service.get("command") else ("entrypoint",)
    words = service.words
    # `-c` is the shell's as well as Postgres' own, whose values may hold spaces.
    return (argv(words) if script(words) is not None else tuple(map(str, words))), where


def lines(text: str, comment: str = "#") -> Iterator[str]:
    """The lines of a configuration file that say something."""
    for line in text.splitlines():
        bare = line.strip()
        if bare and not bare.startswith((comment, ";", "!")):
            yield bare


def unquoted(text: str) -> str:
    """A value without the quotes around it."""
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text


# Postgres

_PG_TIME = re.compile(r"^([0-9]{1,15})\s*(ms|s|min|h)?$")
_PG_UNITS = {"": 1, "ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000}
_PG_SWITCH = {"on": "on", "true": "on", "yes": "on", "1": "on"} | dict.fromkeys(
    ("off", "false", "no", "0"), "off"
)
_PG_BOOLEAN = frozenset({"fsync", "full_page_writes", "synchronous_commit", "ssl", "jit"})


def postgres_value(name: str, text: str) -> str:
    """Times in milliseconds where the name says a timeout, switches as on and off."""
    text = unquoted(text)
    time = _PG_TIME.match(text)
    if name.endswith("_timeout") and time:
        return f"{int(time[1]) * _PG_UNITS[time[2] or '']} ms"
    if name in _PG_BOOLEAN:
        return _PG_SWITCH.get(text.lower(), text.lower())
    return text


def postgres_options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """`-c name=value`, `-cname=value`, `--name=value` among some words."""
    previous = ""
    for word in words:
        text = word if previous in ("-c", "--set") else ""
        if (word.startswith("-c") and len(word) > 2) or (word.startswith("--") and "=" in word):  # noqa: PLR2004
            text = word[2:]
        name, equals, value = text.partition("=")
        if equals:
            name = name.strip().lower().replace("-", "_")
            yield name, postgres_value(name, value)
        previous = word


def _postgres(service: Service) -> Told:
    told: Told = {}
    for each in image_settings(service, r"/postgresql\.conf$|/postgresql/.*/conf\.d/", named=True):
        told[each.name] = Given(postgres_value(each.name, each.value), each.path)
    for text, path in contents(service, r"postgres[\w.-]*\.conf$|conf\.d/[^/]+\.conf$"):
        for line in lines(text):
            match = re.match(r"([A-Za-z_.]+)\s*=?\s*('[^']*'|[^#]*)", line)
            if match and match[2].strip():
                name = match[1].lower()
                told[name] = Given(postgres_value(name, match[2]), path)
    words, where = command(service)
    return told | {name: Given(value, where) for name, value in postgres_options(words)}


def _postgres_facts(service: Service) -> Iterator[tuple[str, Given]]:
    loaded = _database.fact(service, "preload")
    if loaded is not ABSENT:
        path: Path = (_database.ROOT, "preload")
        names = ", ".join(sorted(_database.listed(loaded)))
        yield "shared_preload_libraries", Given(names, path, path)


def _postgres_seen(name: str, value: str) -> tuple[str, str]:
    if name.startswith("lc_"):  # `en_US.utf8` and `en_US.UTF-8` are one locale.
        value = re.sub(r"utf-?8", "utf8", value, flags=re.IGNORECASE)
    return name.lower(), postgres_value(name.lower(), value)


POSTGRES = Server(
    frozenset({"postgres"}),
    _postgres,
    _postgres_seen,
    {
        "max_connections": "100",
        "statement_timeout": "0 ms",
        "lock_timeout": "0 ms",
        "idle_in_transaction_session_timeout": "0 ms",
        "fsync": "on",
        "full_page_writes": "on",
        "synchronous_commit": "on",
        "shared_buffers": "128MB",
        "work_mem": "4MB",
        "shared_preload_libraries": "",
    },
    re.compile(
        r"(?:shared_buffers|effective_cache_size|\w*work_mem|wal_\w+|(?:max|min)_wal_size|max_\w*worker\w*"
        r"|max_parallel_\w+|\w*io_concurrency|huge_page\w*|shared_memory\w*|temp_buffers|server_\w+|ssl\w*"
        r"|is_superuser|session_auth\w+|in_hot_standby|\w+_directory|checkpoint_\w+|autovacuum\w*|role)$"
    ),
    _postgres_facts,
)

# MySQL and MariaDB


def _mysql_name(name: str) -> str:
    name = name.strip().lower().replace("_", "-").removeprefix("loose-")
    return _MYSQL_NAMES.get(name, name)


_MYSQL_NAMES = {
    "default-character-set": "character-set-server",
    "time-zone": "default-time-zone",
    "tx-isolation": "transaction-isolation",
}
"""Variables that the command line calls otherwise, or that were renamed."""


def _mysql_seen(name: str, value: str) -> tuple[str, str]:
    return _mysql_name(name), _mysql_value(_mysql_name(name), value)


def _mysql_value(name: str, text: str) -> str:
    text = unquoted(text)
    if name == "sql-mode":
        return ",".join(sorted(filter(None, (m.strip().upper() for m in text.split(",")))))
    number = size(text)
    return str(number) if isinstance(number, int) else text


_MYSQL_SECTIONS = frozenset({"mysqld", "server", "mariadb", "mariadbd"})


def _mysql(service: Service) -> Told:
    told: Told = {}
    for each in image_settings(service, r"\.cnf$"):
        if each.above and each.above[0].lower() in _MYSQL_SECTIONS:
            name = _mysql_name(each.name)
            told[name] = Given(_mysql_value(name, each.value), each.path)
    for text, path in contents(service, r"my\.cnf$|(?:conf|cnf)\.d/[^/]+\.cnf$|mysql.*\.cnf$"):
        section = "mysqld"
        for line in lines(text):
            if line.startswith("["):
                section = line.strip("[]").lower()
            elif section in _MYSQL_SECTIONS:
                name, _, value = line.partition("=")
                told[_mysql_name(name)] = Given(_mysql_value(_mysql_name(name), value), path)
    words, where = command(service)
    for name, value in _long_options(words):
        told[_mysql_name(name)] = Given(_mysql_value(_mysql_name(name), value), where)
    return told


def _long_options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """`--name=value`, `--name value`, `--name`."""
    for index, word in enumerate(words):
        if not word.startswith("--"):
            continue
        name, equals, value = word[2:].partition("=")
        after = words[index + 1] if index + 1 < len(words) else "--"
        yield name, value if equals or after.startswith("-") else after


MYSQL = Server(
    frozenset({"mysql", "mariadb"}),
    _mysql,
    _mysql_seen,
    {
        "lower-case-table-names": "0",
        "max-connections": "151",
        "default-time-zone": "SYSTEM",
        "transaction-isolation": "REPEATABLE-READ",
    },
    re.compile(
        r"(?:innodb-(?:buffer-pool|log|redo|io|\w*thread|read-io|write-io|purge|page-cleaners|data|temp)[\w-]*"
        r"|table-[\w-]+|open-files-limit|thread-[\w-]+|host-cache-size|back-log|key-buffer-size|[\w-]*-dir"
        r"|[\w-]*-file|lower-case-file-system|[\w-]*version[\w-]*|hostname|system-time-zone|basedir|have-[\w-]+"
        r"|(?:join|sort|read|read-rnd|bulk-insert|tmp|preload)-(?:buffer|table)-size|max-heap-table-size"
        r"|(?:character-set|collation)-(?:client|connection|database|results|filesystem|system)|aria-[\w-]+)$"
    ),
)

# Redis and its kin

_REPEATED = frozenset({"save", "rename-command"})
_REDIS_FLAGS = ("REDIS_ARGS", "REDIS_EXTRA_FLAGS", "VALKEY_EXTRA_FLAGS", "VALKEY_ARGS")
_REDIS_VARIABLES = {
    "REDIS_AOF_ENABLED": "appendonly",
    "VALKEY_AOF_ENABLED": "appendonly",
    "REDIS_MAXMEMORY": "maxmemory",
    "REDIS_MAXMEMORY_POLICY": "maxmemory-policy",
    "MAXMEMORY": "maxmemory",
    "MAXMEMORY_POLICY": "maxmemory-policy",
    "REDIS_PASSWORD": "requirepass",
    "VALKEY_PASSWORD": "requirepass",
}


def _redis_value(name: str, text: str) -> str:
    text = unquoted(text).strip()
    if name in ("maxmemory", "repl-backlog-size"):
        number = size(text)
        return str(number) if isinstance(number, int) else text
    if name == "notify-keyspace-events":
        return "".join(sorted(set(text)))
    return text.lower() if name in ("appendonly", "maxmemory-policy", "cluster-enabled") else text


def _redis_options(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """`--name value …`; what is given twice, as `save` is, comes once, joined."""
    found: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word[2:].lower()
            found.setdefault(name, [])
        elif name:
            found[name].append(word)
    for name, values in found.items():
        yield name, _redis_value(name, " ".join(values))


def _redis(service: Service) -> Told:
    told: Told = {}
    for each in image_settings(service, r"(?:redis|valkey)[^/]*(?:/[^/]+)?\.conf$", named=True):
        told[each.name] = Given(_redis_value(each.name, each.value), each.path)
    for text, path in contents(service, r"(?:redis|valkey)[\w.-]*\.conf$|redis/[^/]+\.conf$"):
        for line in lines(text):
            name, _, value = line.partition(" ")
            before = f"{told[name].value} " if name in _REPEATED and name in told else ""
            told[name.lower()] = Given(_redis_value(name.lower(), before + value), path)
    for variable, given in service.environment():
        place: Path = ("environment", variable)
        if variable in _REDIS_FLAGS and isinstance(given, str):
            told |= {name: Given(text, place) for name, text in _redis_options(_split(given))}
        elif variable in _REDIS_VARIABLES and given != "":
            name = _REDIS_VARIABLES[variable]
            told[name] = Given(_redis_value(name, str(given)), place)
    words, where = command(service)
    return told | {name: Given(text, where) for name, text in _redis_options(words)}


def _split(text: str) -> list[str]:
    try:
        return shlex.split(text)
    except ValueError:  # an open quote: the server would refuse it, too
        return text.split()


def _redis_seen(name: str, value: str) -> tuple[str, str]:
    return name.lower(), _redis_value(name.lower(), value)


REDIS = Server(
    frozenset({"redis"}),
    _redis,
    _redis_seen,
    {
        "maxmemory": "0",
        "maxmemory-policy": "noeviction",
        "appendonly": "no",
        "appendfsync": "everysec",
        "save": "3600 1 300 100 60 10000",
        "cluster-enabled": "no",
        "notify-keyspace-events": "",
        "databases": "16",
    },
    re.compile(
        r"(?:io-threads\S*|hz|dynamic-hz|repl-\S+|replica\S*|slave-\S+|client-output-buffer-limit|maxclients"
        r"|server[-_]\S+|bgsave\S*|aof[-_]\S+|active\S*|cluster-\S+|tcp-\S+|oom-\S+|unixsocket\S*|proc-title\S*"
        r"|tls-\S+|requirepass|masterauth|locale-collate)$"
    ),
)

# RabbitMQ

_ERLANG = "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"
_RABBIT_VARIABLES = {
    "RABBITMQ_VM_MEMORY_HIGH_WATERMARK": "vm_memory_high_watermark.relative",
    "RABBITMQ_DISK_FREE_LIMIT": "disk_free_limit.absolute",
    "RABBITMQ_PLUGINS": "plugins",
}


def _rabbitmq_files(service: Service) -> Told:
    told: Told = {}
    for each in image_settings(service, r"/rabbitmq/"):
        told[each.name] = Given(each.value, each.path)
    for text, path in contents(service, r"rabbitmq[\w.-]*\.conf$|rabbitmq/conf\.d/[^/]+\.conf$"):
        for line in lines(text):
            name, equals, value = line.partition("=")
            if equals:
                told[name.strip()] = Given(value.strip(), path)
    for text, path in contents(service, r"rabbitmq/advanced\.config$"):
        for match in re.finditer(r"\{\s*(consumer_timeout)\s*,\s*(\w+)\s*\}", text):
            told[match[1]] = Given(match[2], path)
    for text, path in contents(service, r"enabled_plugins$"):
        told["plugins"] = Given(" ".join(sorted(re.findall(r"rabbitmq_\w+", text))), path)
    return told


def _rabbitmq(service: Service) -> Told:
    told = _rabbitmq_files(service)
    for variable, name in _RABBIT_VARIABLES.items():
        if given := service.env(variable):
            told[name] = Given(given, ("environment", variable))
    for match in re.finditer(r"-rabbit\s+(\w+)\s+(\S+)", service.env(_ERLANG) or ""):
        told[match[1]] = Given(match[2], ("environment", _ERLANG))
    return told


def _rabbitmq_facts(service: Service) -> Iterator[tuple[str, Given]]:
    plugins = _database.fact(service, "plugins")
    if plugins is not ABSENT:
        path: Path = (_database.ROOT, "plugins")
        yield "plugins", Given(" ".join(sorted(_database.listed(plugins))), path, path)
    settings = _database.below(service, "settings")
    if settings and ("consumer_timeout",) not in settings:
        # Before 3.8.15 there is none; from then on the server always says one.
        path = (_database.ROOT, "settings", "consumer_timeout")
        yield "consumer_timeout", Given("none", path, path)


def _rabbitmq_seen(name: str, value: str) -> tuple[str, str]:
    value = value.strip('"')
    if re.fullmatch(r"[0-9.]+", value):
        name = _RABBIT_NAMES.get(name, name)
    return name, "none" if value in ("undefined", "infinity") else value


_RABBIT_NAMES = {
    "vm_memory_high_watermark": "vm_memory_high_watermark.relative",
    "disk_free_limit": "disk_free_limit.absolute",
}
"""What the configuration file calls otherwise."""


RABBITMQ = Server(
    frozenset({"rabbitmq"}),
    _rabbitmq,
    _rabbitmq_seen,
    {"consumer_timeout": "1800000", "heartbeat": "60"},
    re.compile(
        r"(?:vm_memory\S*|disk_free\S*|total_memory\S*|tcp_listen\S*|ssl_\S+|\S*_dir|feature_flags\S*)$"
    ),
    _rabbitmq_facts,
)
