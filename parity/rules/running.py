"""RU: what running containers really may use: memory, processors, processes, files."""

from collections.abc import Iterator
from typing import Any

from parity.diff.units import show_size
from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules._live import both_of, decided, far, names, number
from parity.rules._numbers import whole
from parity.rules._scale import WORKER_WORDS, Number, workers
from parity.rules.contract import Found, joint, single
from parity.rules.limits_heap import HEAP_WORDS, heaps

_READS = (Layer.DECLARED, Layer.RUNNING)
_HOSTS = (*_READS, Layer.HOST)
_MEMORY = ("running", "limits", "memory")
_CPUS = ("running", "limits", "cpus")
_PIDS = ("running", "limits", "pids")
_DECLARED = ("deploy", "resources", "limits", "memory")
_ROOM = 0.9
_OOM = (
    r"exit(?:ed)?(?: with)?(?: code)? 137",
    r"OOM ?Killed",
    r"out of memory",
    r"JavaScript heap",
)
_FORK = (r"resource temporarily unavailable", r"can't start new thread", r"\bfork\b", r"EAGAIN",
         r"pthread_create", r"unable to create (?:new )?native thread", r"system_limit")  # fmt: skip
_MANY = 4
_ENOUGH = 16384
"""Processes and threads that nearly nothing needs more of."""
_PER_CPU = 8
_USES_SHM = frozenset({"postgres", "mysql", "mariadb"})
_HUGE = 2_000_000
"""From so many open files on, programs that walk through all numbers take minutes."""
_FEW = 4096
_LOCKS = frozenset({"elasticsearch", "mongodb"})


def _size(value: Any) -> str:
    return show_size(value) if isinstance(value, int) else str(value)


def _cores(value: Any) -> str:
    return f"{value:g}" if number(value) is not None else str(value)


@joint(
    "RU001", "running.heap-above-real-memory", Severity.ERROR, words=HEAP_WORDS, reads=_READS,
    symptoms=_OOM, since="0.3",
)  # fmt: skip
def heap_above_real_memory(side: Side) -> Iterator[Found]:
    """A runtime's heap may grow beyond the memory limit that the kernel keeps, which no definition states.

    What it compares:
        Heap caps in variables and on the command line with the limit in the container's cgroup, where the
        definition has none or a larger one.

    Why it matters:
        Platforms give limits of their own: a namespace's default, a plan, a slice of the host. The runtime
        collects no garbage until its cap, and the kernel kills it before (exit 137).

    Example:
        local: `JAVA_OPTS=-Xmx1g`, no limit
        production: `JAVA_OPTS=-Xmx1g`, and the namespace limits each container to 512 MiB

    What to do:
        Cap the heap at about three quarters of the limit, and write the limit into the definition.

    When to ignore it:
        When the flag belongs to a short-lived tool inside the container.

    References:
        Linux kernel documentation, cgroup-v2: memory.max. Incident mem-mercato-no-heap-cap.
    """
    for name, service in side.services.items():
        limit = service.settings.get(_MEMORY)
        said = service.settings.get(_DECLARED)
        if not isinstance(limit, int) or (isinstance(said, int) and 0 < said <= limit):
            continue
        for heap in heaps(service):
            if heap.bytes > _ROOM * limit:
                yield Found(
                    f"`{heap.words}` lets the heap grow to {show_size(heap.bytes)}, and the container really "
                    f"has {show_size(limit)}",
                    f"cap the heap at about {show_size(int(limit * 0.75) // 1024**2 * 1024**2)}",
                    ((name, _MEMORY), (name, heap.path)),
                )


@single(
    "RU002", "running.memory-limit-differs", Severity.WARNING, paths=("running.limits.memory",),
    reads=_READS, symptoms=_OOM, since="0.3",
)  # fmt: skip
def memory_limit_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The kernel limits a container's memory on one side, or to much less, and no definition says so.

    What it compares:
        The memory limit in the containers' cgroups, where the definitions do not differ in it.

    Why it matters:
        Above the limit the kernel kills the process, without a message of its own. Runtimes size heaps,
        caches and pools by the limit.

    Example:
        local: unlimited
        production: 512 MiB, the default of the namespace

    What to do:
        Write production's limit into both definitions.

    When to ignore it:
        When the service never comes near it.

    References:
        Linux kernel documentation, cgroup-v2: memory.max. Incident mem-mercato-no-heap-cap.
    """
    left, right = difference.left, difference.right
    if decided(difference, comparison) or not far(left, right):
        return
    one, two = names(comparison)
    known = right if isinstance(right, int) else left
    yield Found(
        f"the container's memory is {_limit(left, _size)} in {one} and {_limit(right, _size)} in {two}, and no "
        "definition says so",
        f"deploy.resources.limits.memory: {known} on both sides",
    )


def _limit(value: Any, show: Any) -> str:
    return "not limited" if number(value) is None else f"limited to {show(value)}"


@single(
    "RU003", "running.processor-limit-differs", Severity.WARNING, paths=("running.limits.cpus",),
    reads=_READS, symptoms=(r"throttl", r"slow", r"time(?:d)? ?out"), since="0.3",
)  # fmt: skip
def processor_limit_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The kernel limits a container's processors on one side, or to much less, and no definition says so.

    What it compares:
        The processor quota in the containers' cgroups, where the definitions do not differ in it, and how
        many processors the host shows.

    Why it matters:
        Go before 1.25 and many pools start as many threads as the host has processors, not as the quota
        allows. They use it up in the first milliseconds of each period and stand still for the rest.

    Example:
        local: unlimited, 8 processors
        production: 1 processor on a host with 64

    What to do:
        `GOMAXPROCS` or the number of workers by the quota, and the quota in both definitions.

    When to ignore it:
        Services that wait more than they compute.

    References:
        Linux kernel documentation, cgroup-v2: cpu.max. Incident cpu-seldon-gomaxprocs.
    """
    left, right = difference.left, difference.right
    if decided(difference, comparison) or not far(left, right):
        return
    one, two = names(comparison)
    smaller = min((v for v in (number(left), number(right)) if v is not None), default=1)
    yield Found(
        f"the container's processors are {_limit(left, _cores)} in {one} and {_limit(right, _cores)} in {two}"
        f"{_seen(difference, comparison)}, and no definition says so",
        f'GOMAXPROCS: "{max(1, int(smaller))}" for Go, or as many workers; '
        f'deploy.resources.limits.cpus: "{smaller:g}" on both sides',
    )


def _seen(difference: Difference, comparison: Comparison) -> str:
    """How many processors the programs see where they are limited."""
    for service in both_of(difference, comparison):
        limit, host = number(service.get(*_CPUS)), number(service.get("host", "cpus"))
        if limit is not None and host is not None and host > limit:
            return f", where programs see {host:g}"
    return ""


@joint(
    "RU004", "running.more-workers-than-processors", Severity.WARNING, words=(*WORKER_WORDS, "gomaxprocs"),
    reads=_READS, symptoms=(r"throttl", r"slow", r"worker timeout", r"time(?:d)? ?out"), since="0.3",
)  # fmt: skip
def more_workers_than_processors(side: Side) -> Iterator[Found]:
    """A service starts many more workers than it may use processors.

    What it compares:
        GOMAXPROCS, WEB_CONCURRENCY and workers on command lines with the container's processor quota, or
        the host's processors where it has none: four to one and more, two to one for GOMAXPROCS.

    Why it matters:
        The workers take turns in one quota: each request takes longer, health checks and time-outs fire,
        and each worker needs its memory.

    Example:
        local: `WEB_CONCURRENCY=16` on 16 processors
        production: `WEB_CONCURRENCY=16` with half a processor

    What to do:
        One or two workers for each processor of the quota.

    When to ignore it:
        When the workers wait for others nearly all of the time.

    References:
        Gunicorn documentation, How many workers. Incident cpu-seldon-gomaxprocs.
    """
    for name, service in side.services.items():
        told = _threads(service)
        room = number(service.get(*_CPUS))
        at = _CPUS if room is not None else ("host", "cpus")
        room = room if room is not None else number(service.get(*at))
        most = 2 if told and told.path[-1] == "GOMAXPROCS" else _MANY
        if told and room and told.value > 1 and told.value >= most * room:
            yield Found(
                f"`{name}` starts {told.value} workers, and may use {room:g} "
                f"{'processor' if room <= 1 else 'processors'}",
                f"{max(1, int(room * 2))} workers, or more processors",
                ((name, told.path), (name, at)),
            )


def _threads(service: Service) -> Number | None:
    said = whole(service.env("GOMAXPROCS"))
    return Number(said, ("environment", "GOMAXPROCS")) if said else workers(service)


@single(
    "RU005", "running.process-limit-differs", Severity.WARNING, paths=("running.limits.pids",),
    reads=_READS, symptoms=_FORK, since="0.3",
)  # fmt: skip
def process_limit_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container may start fewer processes and threads on one side, and no definition says so.

    What it compares:
        `pids.max` of the containers' cgroups, where the definitions do not differ in it. It is an
        information where both are above 16384.

    Why it matters:
        Threads count as well. CRI-O allows 1024 for each container, Podman 2048, a kubelet what it is told;
        Docker any number. A broker with a thread for each connection fails with "resource temporarily
        unavailable", on that engine only.

    Example:
        local: unlimited, under Docker
        production: 1024, under CRI-O

    What to do:
        `pids_limit` with production's number in the local definition, or a higher one in the runtime's
        configuration.

    When to ignore it:
        When both numbers are far above what the service ever starts.

    References:
        Linux kernel documentation, cgroup-v2: pids.max. Incidents pids-rabbitmq-crio,
        pids-k8s-vs-docker-run.
    """
    left, right = difference.left, difference.right
    if decided(difference, comparison) or not far(left, right):
        return
    one, two = names(comparison)
    smaller = min(int(v) for v in (number(left), number(right)) if v is not None)
    yield Found(
        f"processes and threads are {_limit(left, _cores)} in {one} and {_limit(right, _cores)} in {two}, and no "
        "definition says so",
        f"pids_limit: {smaller} where it is not limited, or raise it where it is",
        severity=Severity.INFO if smaller >= _ENOUGH else None,
    )


@joint(
    "RU006", "running.too-few-threads-for-its-processors", Severity.WARNING, reads=_HOSTS, symptoms=_FORK,
    since="0.3",
)  # fmt: skip
def too_few_threads_for_its_processors(side: Side) -> Iterator[Found]:
    """A container may start few processes, on a host with so many processors that they run out.

    What it compares:
        `pids.max` of the container with the processors that programs see: less than eight for each, where
        no quota of processors is set.

    Why it matters:
        Runtimes and pools start threads by the number of processors: Go, garbage collectors, OpenMP, BLAS,
        event loops. On a laptop they are few, on a host with 88 processors they use up the limit.

    Example:
        local: 512 processes, 8 processors
        production: 512 processes, 88 processors

    What to do:
        State how many threads (`GOMAXPROCS`, `OMP_NUM_THREADS`, `-XX:ActiveProcessorCount`), or raise
        `pids_limit`.

    When to ignore it:
        When the program's threads do not depend on the processors.

    References:
        Incident cpu-kata-threads-host-pids.
    """
    for name, service in side.services.items():
        room, seen = number(service.get(*_PIDS)), number(service.get("host", "cpus"))
        quota = number(service.get(*_CPUS))
        told = any(service.has_env(each) for each in ("GOMAXPROCS", "OMP_NUM_THREADS"))
        if room and seen and quota is None and not told and room < _PER_CPU * seen:
            yield Found(
                f"`{name}` may start {room:g} processes and threads and sees {seen:g} processors: programs that "
                "start some for each run out of them",
                'say how many: GOMAXPROCS or OMP_NUM_THREADS: "4", or raise pids_limit',
                ((name, ("host", "cpus")), (name, _PIDS)),
            )
