"""JT: settings of one environment that do not go together: pools, workers, times."""

import re
from collections.abc import Iterator

from parity.diff import defaults
from parity.diff.units import seconds, show_seconds
from parity.diff.view import Service, Side
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules import _database
from parity.rules._numbers import whole
from parity.rules._scale import REPLICAS, WORKER_WORDS, Number, most, pool, where, workers
from parity.rules._servers import MYSQL, MYSQL_WORDS, POSTGRES, POSTGRES_WORDS
from parity.rules._values import calls, names_of
from parity.rules._words import argv, option
from parity.rules.contract import Found, joint

_CPUS: Path = ("deploy", "resources", "limits", "cpus")
_GRACE: Path = ("stop_grace_period",)
_RESERVED = 3
"""Connections that Postgres keeps for its superuser."""


@joint(
    "JT001", "joint.connections-above-maximum", Severity.ERROR, words=(*POSTGRES_WORDS, *MYSQL_WORDS),
    symptoms=(r"too many (?:clients|connections)", r"remaining connection slots", r"53300|1040"),
    since="0.2",
)  # fmt: skip
def connections_above_maximum(side: Side) -> Iterator[Found]:
    """All clients together may open more connections than the database accepts.

    What it compares:
        Pool size x workers x replicas of every service that names the database as a host, with the
        server's `max_connections` (100 in Postgres, 151 in MySQL, where it is not set), or with the limit
        of the application's role, where the server said it. Where no pool is told, each worker counts as
        one connection; services with one of everything do not count.

    Why it matters:
        Each service looks normal. Under load the last ones to ask are refused, whichever they are.

    Example:
        local: one replica with a pool of 20, `max_connections` 100
        production: 8 replicas with a pool of 20, `max_connections` 100

    What to do:
        Smaller pools, a pooler in front of the database, or a higher `max_connections`.

    When to ignore it:
        When a pooler outside the definition stands in between.

    References:
        Incident pg-max-connections-texera; PostgreSQL documentation, Connections and Authentication.
    """
    for server in side.services.values():
        allowed, path = _allowed(server)
        if not allowed:
            continue
        clients = [_demand(service) for service in _clients(side, server)]
        total = sum(number for number, _ in clients)
        if total > allowed and clients:
            culprit = max(clients, key=lambda client: client[0])[1]
            places = (culprit, (server.name, path)) if path else (culprit,)
            yield Found(
                f"clients of `{server.name}` may open {total} connections, and it accepts {allowed}",
                f"smaller pools, a pooler, or `max_connections` above {total + _RESERVED}",
                places,
            )


def _clients(side: Side, server: Service) -> Iterator[Service]:
    """Services that name the server as a host and run, or pool, more than one of anything."""
    names = names_of(server)
    for service in side.services.values():
        several = most(service) > 1 or service.mentions(
            "pool", "conn", "worker", "concurrency", " -w"
        )
        named = (endpoint.host for *_, found in calls(service) for endpoint in found)
        if service.name != server.name and several and any(host in names for host in named):
            yield service


def _allowed(server: Service) -> tuple[int, Path]:
    """Connections for ordinary users, and where that is said; 0 for what is no such server."""
    kinds = {"postgres": (POSTGRES, "max_connections", _RESERVED)}
    kinds |= dict.fromkeys(("mysql", "mariadb"), (MYSQL, "max-connections", 0))
    if _database.engine(server) not in kinds:
        return 0, ()
    kind, name, kept = kinds[_database.engine(server)]
    told = kind.read(server)
    text = kind.value(told, name)
    allowed = max(0, (whole(text) or 0) - kept)
    own = _database.fact(server, "role", "connection-limit")
    if isinstance(own, int) and 0 < own < allowed:
        return own, (_database.ROOT, "role", "connection-limit")
    return allowed, told[name].path if name in told else ()


def _demand(service: Service) -> tuple[int, tuple[str, Path]]:
    """Connections that a service may open, and the setting that multiplies them: replicas first."""
    size, processes, copies = pool(service), workers(service), most(service)
    total = copies * (processes.value if processes else 1) * (size.value if size else 1)
    factors = [Number(copies, REPLICAS), *(n for n in (processes, size) if n)]
    culprit = next((factor for factor in factors if factor.value > 1), factors[0])
    return total, (service.name, culprit.path)


_GRACEFUL = ("--graceful-timeout", "--timeout-graceful-shutdown", "--shutdown-timeout")
_GRACEFUL_NAME = re.compile(
    r"(?:GRACEFUL|SHUTDOWN|DRAIN|STOP)_?(?:SHUTDOWN_?|STOP_?)?(?:TIMEOUT|PERIOD|DELAY|SECONDS)(?:_S(?:EC(?:OND)?S?)?)?$"
    r"|TIMEOUT_PER_SHUTDOWN_PHASE$",
    re.IGNORECASE,
)


@joint(
    "JT002", "joint.killed-before-it-is-done", Severity.WARNING, words=("graceful", "shutdown", "drain", "stop"),
    symptoms=(r"exit(?:ed)? (?:code )?137", r"SIGKILL", r"502|connection reset", r"(?:deploy|restart)"),
    since="0.2",
)  # fmt: skip
def killed_before_it_is_done(side: Side) -> Iterator[Found]:
    """A program may take longer to stop than the engine waits before it kills it.

    What it compares:
        Shutdown times that the program is told (`--graceful-timeout`, `SHUTDOWN_TIMEOUT`, …) with
        `stop_grace_period`, 10 s where it is not set and 30 s on Kubernetes.

    Why it matters:
        With each deployment, requests and jobs that are still running are cut off.

    Example:
        local: nothing set
        production: `gunicorn --graceful-timeout 60`, `stop_grace_period` unset

    What to do:
        `stop_grace_period: 70s`: longer than the program's own time.

    When to ignore it:
        When nothing runs that long.

    References:
        Compose Specification, stop_grace_period; Kubernetes documentation, Pod termination.
    """
    for service in side.services.values():
        told = _graceful(service)
        allowed = _grace(service, side.source)
        if told and told[0] > allowed:
            yield Found(
                f"`{service.name}` may take {show_seconds(told[0])} to stop and is killed after "
                f"{show_seconds(allowed)}",
                f"`stop_grace_period: {told[0] + 10:g}s`",
                ((service.name, _GRACE), (service.name, told[1])),
            )


def _grace(service: Service, source: str) -> float:
    value = service.settings.get(_GRACE, ABSENT)
    if value is ABSENT:
        default = defaults.of(_GRACE, source)
        value = default.value if default else 10.0
    return float(value) if isinstance(value, int | float) else 0.0


def _graceful(service: Service) -> tuple[float, Path] | None:
    said = option(argv(service.words), *_GRACEFUL)
    if said and isinstance(time := seconds(_number(said)), float):
        return time, where(service)
    for name, value in service.environment():
        if _GRACEFUL_NAME.search(name) and isinstance(value, str):
            time = seconds(_number(value))
            if isinstance(time, float):
                # Numbers without a unit are seconds, unless they are too large for any.
                return time / 1000 if time >= 1000 else time, ("environment", name)  # noqa: PLR2004
    return None


def _number(text: str) -> object:
    return float(text) if re.fullmatch(r"\d+(?:\.\d+)?", text.strip()) else text


@joint(
    "JT003", "joint.workers-above-processors", Severity.WARNING, words=(*WORKER_WORDS, "gomaxprocs"),
    symptoms=(r"slow|latency|throttl", r"worker timeout", r"health ?check"),
    since="0.2",
)  # fmt: skip
def workers_above_processors(side: Side) -> Iterator[Found]:
    """A service runs many more workers than its processor limit lets run at once.

    What it compares:
        Workers of the command line and variables, and `GOMAXPROCS`, with the limit on processors: more
        than four workers for each, or twice as many threads of Go.

    Why it matters:
        The workers take each other's time slices: everything slows down at once, and health checks fail
        first.

    Example:
        local: `--workers 8`, no limit
        production: `--workers 8`, `cpus: 0.5`

    What to do:
        Fewer workers, or a higher limit.

    When to ignore it:
        When the workers wait nearly all the time.

    References:
        Incidents cpu-seldon-gomaxprocs, cpu-kata-threads-host-pids; Gunicorn documentation, Design.
    """
    for service in side.services.values():
        limit = service.settings.get(_CPUS)
        if not isinstance(limit, float) or limit <= 0:
            continue
        count, go = workers(service), whole(service.env("GOMAXPROCS"))
        if count and count.value >= 4 and count.value > 4 * limit:  # noqa: PLR2004
            yield _too_many(service, f"{count.value} workers", count.path, limit)
        elif go is not None and go > max(2 * limit, 1):
            yield _too_many(service, f"{go} threads of Go", ("environment", "GOMAXPROCS"), limit)


def _too_many(service: Service, what: str, path: Path, limit: float) -> Found:
    return Found(
        f"`{service.name}` runs {what} on at most {limit:g} of a processor's time",
        "fewer workers, or a higher `cpus`",
        ((service.name, path), (service.name, _CPUS)),
    )


_SOMAXCONN: Path = ("sysctls", "net.core.somaxconn")


@joint(
    "JT004", "joint.backlog-above-kernel-queue", Severity.WARNING, words=("somaxconn",), silent=True,
    symptoms=(r"connection (?:refused|reset|timed out)", r"SYN", r"backlog|somaxconn"),
    since="0.2",
)  # fmt: skip
def backlog_above_kernel_queue(side: Side) -> Iterator[Found]:
    """A program asks for a longer queue of connections than the kernel gives it.

    What it compares:
        `--backlog` and its kind with the container's `net.core.somaxconn`, where it is set.

    Why it matters:
        The kernel shortens the queue without a word. In a burst, connections that the program would have
        taken are dropped.

    Example:
        local: `--backlog 2048`, the kernel's 4096
        production: `--backlog 2048`, `sysctls: {net.core.somaxconn: 128}`

    What to do:
        `sysctls: {net.core.somaxconn: 4096}`.

    When to ignore it:
        When bursts are caught in front of it.

    References:
        Incident somaxconn-gunicorn-128-vs-4096; Linux manual page listen(2).
    """
    for service in side.services.values():
        kernel = whole(str(service.settings.get(_SOMAXCONN, "")))
        asked = whole(option(argv(service.words), "--backlog", "--tcp-backlog", "--listen-backlog"))
        if kernel is not None and asked is not None and asked > kernel:
            yield Found(
                f"`{service.name}` asks for a queue of {asked} connections and the kernel gives {kernel}",
                f"`sysctls: {{net.core.somaxconn: {asked}}}`",
                ((service.name, _SOMAXCONN), (service.name, where(service))),
            )


@joint(
    "JT005", "joint.threads-above-pool", Severity.WARNING, words=("threads", "sidekiq", "concurrency"),
    symptoms=(r"could not obtain a (?:database )?connection", r"pool ?timeout|QueuePool", r"acquir\w+ .*connection"),
    since="0.2",
)  # fmt: skip
def threads_above_pool(side: Side) -> Iterator[Found]:
    """One process has more threads than connections to its database.

    What it compares:
        `RAILS_MAX_THREADS`, `--threads` and Sidekiq's `--concurrency` with the pool size that the same
        service is told.

    Why it matters:
        Under load, threads wait for a connection and give up with a timeout.

    Example:
        local: 5 threads, `DB_POOL=5`
        production: 25 threads, `DB_POOL=5`

    What to do:
        A pool as large as the number of threads.

    When to ignore it:
        When most threads never touch the database.

    References:
        Ruby on Rails Guides, Configuring a Database: the pool.
    """
    for service in side.services.values():
        size, threads = pool(service), _threads(service)
        if size and threads and threads.value > size.value:
            yield Found(
                f"`{service.name}` runs {threads.value} threads in each process on {size.value} connections",
                f"a pool of {threads.value}",
                ((service.name, size.path), (service.name, threads.path)),
            )


def _threads(service: Service) -> Number | None:
    words = argv(service.words)
    is_sidekiq = any(word.rpartition("/")[2] == "sidekiq" for word in words)
    said = option(words, *(("-c", "--concurrency") if is_sidekiq else ("--threads",))) or ""
    number = whole(said.rpartition(":")[2])
    if number is not None:
        return Number(number, where(service))
    name = "RAILS_MAX_THREADS"
    value = whole(service.env(name))
    return None if value is None else Number(value, ("environment", name))
