"""JT: settings of one environment that do not go together: memory, shared memory, queues, checks."""

import re
from collections.abc import Iterator, Mapping

from parity.diff.units import show_seconds, show_size, size
from parity.diff.view import Service, Side
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules._given import Server
from parity.rules._numbers import whole
from parity.rules._servers import MYSQL, MYSQL_WORDS, POSTGRES, POSTGRES_WORDS, REDIS, REDIS_WORDS
from parity.rules._values import clients_of
from parity.rules._words import line
from parity.rules.contract import Found, joint

_MEMORY: Path = ("deploy", "resources", "limits", "memory")
_OFTEN = 10.0
_SHM = 64 * 1024**2
_OWN: Mapping[str, tuple[Server, str]] = {
    "redis": (REDIS, "maxmemory"),
    "postgres": (POSTGRES, "shared_buffers"),
    "mysql": (MYSQL, "innodb-buffer-pool-size"),
    "mariadb": (MYSQL, "innodb-buffer-pool-size"),
}


def _told(service: Service, name: str) -> tuple[int, Path] | None:
    """A size in bytes that a server is told, and where."""
    server = _OWN[service.technology][0]
    found = server.read(service).get(name)
    number = size(found.value) if found else None
    return (number, found.path) if found and isinstance(number, int) else None


@joint(
    "JT006", "joint.server-above-its-memory", Severity.ERROR, words=(*POSTGRES_WORDS, *MYSQL_WORDS, *REDIS_WORDS),
    symptoms=(r"OOM ?kill", r"exit(?:ed)? (?:code )?137", r"restart(?:s|ed|ing)"),
    since="0.2",
)  # fmt: skip
def server_above_its_memory(side: Side) -> Iterator[Found]:
    """A database may fill more memory than its container is allowed.

    What it compares:
        Redis' `maxmemory`, Postgres' `shared_buffers` and MySQL's `innodb_buffer_pool_size` with the
        memory limit of the container.

    Why it matters:
        The server relies on its own bound and is killed before it reaches it, with all connections, as
        soon as there is enough data.

    Example:
        local: `--maxmemory 1gb`, no limit
        production: `--maxmemory 1gb`, `mem_limit: 512m`

    What to do:
        A limit a third above the server's own bound: it needs memory for more than its data.

    When to ignore it:
        Never.

    References:
        Redis documentation, Memory optimization; PostgreSQL documentation, Resource Consumption.
    """
    for service in side.services.values():
        limit = service.settings.get(_MEMORY)
        if service.technology not in _OWN or not isinstance(limit, int) or limit <= 0:
            continue
        name = _OWN[service.technology][1]
        told = _told(service, name)
        if told and told[0] >= limit:
            yield Found(
                f"`{service.name}` may fill {show_size(told[0])} ({name}) and is killed at "
                f"{show_size(limit)}",
                f"a memory limit a third above {name}, or a smaller {name}",
                ((service.name, _MEMORY), (service.name, told[1])),
            )


@joint(
    "JT007", "joint.work-memory-above-its-memory", Severity.WARNING, words=("work",),
    symptoms=(r"OOM ?kill", r"out of memory", r"terminated by signal 9"),
    since="0.2",
)  # fmt: skip
def work_memory_above_its_memory(side: Side) -> Iterator[Found]:
    """If every connection of Postgres sorts once, the container's memory is not enough.

    What it compares:
        `shared_buffers` + `work_mem` x `max_connections` with the memory limit, where `work_mem` is set.

    Why it matters:
        `work_mem` is for each sort of each connection. With a few connections it is harmless; under load
        the kernel kills the server.

    Example:
        local: `work_mem` 64 MB, no limit
        production: `work_mem` 64 MB, 200 connections, `mem_limit: 4g`

    What to do:
        A smaller `work_mem` for all, and a larger one in the sessions that need it.

    When to ignore it:
        When few connections are ever busy at once.

    References:
        PostgreSQL documentation, Resource Consumption: work_mem.
    """
    for service in side.services.values():
        limit = service.settings.get(_MEMORY)
        if service.technology != "postgres" or not isinstance(limit, int) or limit <= 0:
            continue
        told = POSTGRES.read(service)
        work = _told(service, "work_mem")
        if work is None:
            continue
        shared, connections = (
            POSTGRES.value(told, name) for name in ("shared_buffers", "max_connections")
        )
        base, count = size(shared), whole(connections) or 0
        need = (base if isinstance(base, int) else 0) + work[0] * count
        if need > limit > (base if isinstance(base, int) else 0):
            yield Found(
                f"`{service.name}` needs {show_size(need)} if each of {count} connections sorts once, and "
                f"may use {show_size(limit)}",
                "a smaller work_mem, fewer connections, or a higher memory limit",
                ((service.name, work[1]), (service.name, _MEMORY)),
            )


@joint(
    "JT008", "joint.work-memory-above-shared-memory", Severity.WARNING, words=("work",),
    symptoms=(r"could not resize shared memory segment", r"no space left on device"),
    since="0.2",
)  # fmt: skip
def work_memory_above_shared_memory(side: Side) -> Iterator[Found]:
    """One parallel query of Postgres may need more shared memory than the container has.

    What it compares:
        `work_mem` with `shm_size`, 64 MiB where it is not set.

    Why it matters:
        Parallel workers share a hash table in /dev/shm. With much data the query fails with "No space
        left on device", though the disk is empty.

    Example:
        local: `work_mem` at its default, 4 MB
        production: `-c work_mem=128MB`, `shm_size` unset

    What to do:
        `shm_size: 1g`.

    When to ignore it:
        When `max_parallel_workers_per_gather` is 0.

    References:
        Incidents shm-coolify-default, shm-sourcegraph-k8s; PostgreSQL documentation, Managing Kernel
        Resources.
    """
    for service in side.services.values():
        if service.technology != "postgres" or "shm_size" in side.silent:
            continue
        room = service.settings.get(("shm_size",), _SHM)
        work = _told(service, "work_mem")
        parallel = POSTGRES.value(POSTGRES.read(service), "max_parallel_workers_per_gather")
        own = service.get("ipc") == "host" or service.under("tmpfs", "/dev/shm")  # noqa: S108
        if work and isinstance(room, int) and work[0] > room and parallel != "0" and not own:
            yield Found(
                f"a parallel query of `{service.name}` may need {show_size(work[0])} of shared memory, and "
                f"there is {show_size(room)}",
                "`shm_size: 1g`",
                ((service.name, ("shm_size",)), (service.name, work[1])),
            )


_QUEUE = re.compile(
    r"\bsidekiq\b|\bcelery\b|\bbull(?:mq)?\b|\bresque\b|\brq\s+worker\b|\bqueue:work\b|\bhorizon\b|\bdramatiq\b"
    r"|\barq\b|\bhuey\b|\basynq\b|\bfaktory\b",
    re.IGNORECASE,
)
_QUEUE_NAME = re.compile(
    r"^(?:CELERY_)?BROKER_URL$|SIDEKIQ|BULL|QUEUE_(?:REDIS|URL)|REDIS_QUEUE|RESQUE|RQ_|JOBS?_REDIS",
    re.IGNORECASE,
)
_QUEUE_DRIVER = re.compile(
    r"^(?:QUEUE_CONNECTION|QUEUE_DRIVER|QUEUE_BACKEND|MESSAGE_BROKER)$", re.IGNORECASE
)


@joint(
    "JT009", "joint.queue-in-evicting-redis", Severity.ERROR, words=("maxmemory",), silent=True,
    symptoms=(r"(?:lost|missing|vanish\w*|dropped|stuck) (?:jobs?|tasks?|messages?)", r"evict"),
    since="0.2",
)  # fmt: skip
def queue_in_evicting_redis(side: Side) -> Iterator[Found]:
    """A queue of jobs is kept in a Redis that drops keys when its memory is full.

    What it compares:
        `maxmemory-policy` of a Redis with what its clients are: Sidekiq, Celery, BullMQ, Resque and
        others, by their command lines, images and variables.

    Why it matters:
        Queue libraries need `noeviction`. With any other policy jobs, locks and schedules vanish under
        load, without an error.

    Example:
        local: `redis-server`, which is `noeviction`
        production: `redis-server --maxmemory-policy allkeys-lru`, used by Sidekiq

    What to do:
        `--maxmemory-policy noeviction` for the queue; a Redis of its own for the cache.

    When to ignore it:
        Never.

    References:
        Incidents redis-maxmemory-fleetyards, redis-bullmq-volatile-lru.
    """
    for service in side.services.values():
        if service.technology != "redis":
            continue
        told = REDIS.read(service).get("maxmemory-policy")
        if told is None or told.value == "noeviction":
            continue
        for client, variable in clients_of(side, service.name):
            if _queues(side.services[client], variable):
                yield Found(
                    f"`{client}` keeps jobs in `{service.name}`, which drops keys when it is full "
                    f"({told.value})",
                    "`--maxmemory-policy noeviction` for the queue, and another Redis for the cache",
                    ((service.name, told.path), (client, ("environment", variable))),
                )
                break


def _queues(client: Service, variable: str) -> bool:
    words = f"{line(client)} {client.get('image', 'repository')} {client.name}"
    drives = any(
        _QUEUE_DRIVER.match(name) and str(value).lower() == "redis"
        for name, value in client.environment()
    )
    return bool(_QUEUE.search(words) or _QUEUE_NAME.search(variable)) or drives


@joint("JT010", "joint.check-longer-than-its-interval", Severity.INFO, since="0.2")
def check_longer_than_its_interval(side: Side) -> Iterator[Found]:
    """A health check may take longer than the time between two checks.

    What it compares:
        `healthcheck.timeout` with `healthcheck.interval`, where both are set. Checks that come more often
        than every ten seconds are meant to wait for a start, and are left out.

    Why it matters:
        The next check starts after the last one ended: a hanging service is noticed later than the
        interval promises, by retries x timeout.

    Example:
        local: `interval: 10s`, `timeout: 5s`
        production: `interval: 10s`, `timeout: 30s`

    What to do:
        A timeout below the interval.

    When to ignore it:
        When nobody waits for the verdict.

    References:
        Docker documentation, HEALTHCHECK.
    """
    for service in side.services.values():
        timeout, interval = (service.get("healthcheck", name) for name in ("timeout", "interval"))
        if (
            isinstance(timeout, float)
            and isinstance(interval, float)
            and timeout > interval >= _OFTEN
        ):
            yield Found(
                f"a check of `{service.name}` may take {show_seconds(timeout)} and is due every "
                f"{show_seconds(interval)}",
                f"`timeout: {interval:g}s` or less",
                (
                    (service.name, ("healthcheck", "timeout")),
                    (service.name, ("healthcheck", "interval")),
                ),
            )
