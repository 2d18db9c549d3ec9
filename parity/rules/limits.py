"""LM: memory, processors and processes that a service may use; heaps that must fit into them."""

from collections.abc import Iterator
from typing import Any

from parity.diff.units import show_size
from parity.diff.view import Comparison, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules.contract import Found, joint, pair, single
from parity.rules.limits_heap import HEAP_WORDS, Heap, heaps

_MEMORY: Path = ("deploy", "resources", "limits", "memory")
_RESERVED: Path = ("deploy", "resources", "reservations", "memory")
_FACTOR = 1.5
"""Limits closer together than this behave alike but for the last request that fits."""
_ROOM = 0.9
"""Beside the heap a process needs stacks, code and buffers: about a tenth at the very least."""
_OOM = (
    "exit(ed)?( with)?( code)? 137",
    "OOM ?Killed",
    "out of memory",
    "JavaScript heap",
    "Killed$",
)


def _sides(difference: Difference, comparison: Comparison) -> tuple[str, str]:
    """The names of the side that sets it and of the one that does not."""
    names = comparison.left.name, comparison.right.name
    return names if difference.right is ABSENT else (names[1], names[0])


def _far(left: Any, right: Any, factor: float = _FACTOR) -> bool:
    """Whether two amounts lie further apart than the factor."""
    if not all(isinstance(v, int | float) and v > 0 for v in (left, right)):
        return False
    return bool(max(left, right) >= factor * min(left, right))


@single(
    "LM001",
    "limits.memory-differs",
    Severity.WARNING,
    paths=("deploy.resources.limits.memory",),
    symptoms=_OOM,
    since="0.2",
)
def memory_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One side limits the service's memory, or limits it to half of the other side.

    What it compares:
        `deploy.resources.limits.memory` (or `mem_limit`): set on one side only, or apart by a factor of
        1.5 and more.

    Why it matters:
        Above the limit the kernel kills the process, without a message of its own (exit 137). Runtimes
        size their heaps, caches and pools by the limit, so that the same program behaves in another way.

    Example:
        local: no limit
        production: `deploy: {resources: {limits: {memory: 512M}}}`

    What to do:
        Set production's limit locally.

    When to ignore it:
        When the local stack runs on tiny data and the limit is tested elsewhere.

    References:
        Incident mem-mercato-no-heap-cap; Docker documentation on resource constraints.
    """
    one, two = difference.left, difference.right
    if ABSENT in (one, two):
        has, lacks = _sides(difference, comparison)
        limit = two if one is ABSENT else one
        shown = show_size(limit) if isinstance(limit, int) else str(limit)
        if limit not in (0, -1):
            yield Found(
                f"memory is limited to {shown} in {has} and not limited in {lacks}",
                f"set it in {lacks} too: deploy.resources.limits.memory: {shown.replace(' ', '')[:-2]}"
                if isinstance(limit, int) and shown.endswith("iB")
                else f"set deploy.resources.limits.memory in {lacks} too",
            )
    elif _far(one, two):
        yield Found(
            f"memory is limited to {show_size(one)} on the left and {show_size(two)} on the right",
            "set production's limit on both sides: deploy.resources.limits.memory",
        )


@single(
    "LM002",
    "limits.cpu-differs",
    Severity.WARNING,
    paths=("deploy.resources.limits.cpus",),
    symptoms=("throttl", "slow", "time(d)? ?out"),
    since="0.2",
)
def cpu_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One side limits the service's processors, or gives it half of the other side's.

    What it compares:
        `deploy.resources.limits.cpus` (or `cpus`): set on one side only, or apart by a factor of 1.5 and
        more.

    Why it matters:
        A throttled process stands still for part of each 100 ms: start-up takes longer than health checks
        wait, time-outs fire. Many runtimes start as many threads as the host has processors, not as the
        limit allows.

    Example:
        local: no limit, 8 processors
        production: `deploy: {resources: {limits: {cpus: "0.5"}}}`

    What to do:
        Set production's limit locally, at least in the test run, and state the number of workers.

    When to ignore it:
        Services that wait more than they compute.

    References:
        Incidents cpu-seldon-gomaxprocs, cpu-kata-threads-host-pids.
    """
    one, two = difference.left, difference.right
    if ABSENT in (one, two):
        has, lacks = _sides(difference, comparison)
        limit = two if one is ABSENT else one
        if limit not in (0, -1):
            yield Found(
                f"processors are limited to {_cores(limit)} in {has} and not limited in {lacks}",
                f'set it in {lacks} too: deploy.resources.limits.cpus: "{_cores(limit)}"',
            )
    elif _far(one, two):
        yield Found(
            f"processors are limited to {_cores(one)} on the left and {_cores(two)} on the right",
            f'set it alike: deploy.resources.limits.cpus: "{_cores(two)}"',
        )


def _cores(amount: Any) -> str:
    return f"{amount:g}" if isinstance(amount, int | float) else str(amount)


@single(
    "LM003",
    "limits.pids-differ",
    Severity.WARNING,
    paths=("deploy.resources.limits.pids",),
    symptoms=("resource temporarily unavailable", "can't start new thread", "fork", "EAGAIN"),
    since="0.2",
)
def pids_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The number of processes and threads is limited on one side, or to another number.

    What it compares:
        `deploy.resources.limits.pids` (or `pids_limit`); -1 and 0 are no limit.

    Why it matters:
        Threads count as well. At the limit a thread pool, a browser or a shell script fails with
        "resource temporarily unavailable", under load only.

    Example:
        local: no limit
        production: `pids_limit: 100`

    What to do:
        Set production's limit locally.

    When to ignore it:
        When both numbers are far above what the service ever starts.

    References:
        Incidents pids-rabbitmq-crio, pids-k8s-vs-docker-run.
    """
    numbers = [
        v if isinstance(v, int) and v > 0 else 0 for v in (difference.left, difference.right)
    ]
    if numbers[0] == numbers[1]:
        return
    shown = [str(n) if n else "no number" for n in numbers]
    names = comparison.left.name, comparison.right.name
    yield Found(
        f"processes and threads are limited to {shown[0]} in {names[0]} and {shown[1]} in {names[1]}",
        f"pids_limit: {numbers[1] or numbers[0]}",
    )


@joint(
    "LM004",
    "limits.heap-above-memory",
    Severity.ERROR,
    words=HEAP_WORDS,
    symptoms=_OOM,
    since="0.2",
)
def heap_above_memory(side: Side) -> Iterator[Found]:
    """A runtime's heap may grow beyond the memory that the service is given.

    What it compares:
        Heap caps in variables and on the command line (`--max-old-space-size`, `-Xmx`, `GOMEMLIMIT`)
        with the memory limit of the same service.

    Why it matters:
        The runtime sees no reason to collect garbage, and the kernel kills it on the way to its own cap.
        A process needs memory beside its heap: a cap above nine tenths of the limit is a warning already.

    Example:
        local: `JAVA_OPTS=-Xmx1g`, no limit
        production: `JAVA_OPTS=-Xmx1g`, `limits: {memory: 1G}`

    What to do:
        Cap the heap at about three quarters of the limit, or leave it to the runtime
        (`-XX:MaxRAMPercentage=75`).

    When to ignore it:
        When the flag belongs to a short-lived tool inside the container.

    References:
        Incidents mem-mercato-no-heap-cap, mem-openwebui-build-heap.
    """
    for name, service in side.services.items():
        limit = service.settings.get(_MEMORY)
        if not isinstance(limit, int) or limit <= 0:
            continue
        for heap in heaps(service):
            if heap.bytes > _ROOM * limit:
                yield Found(
                    f"`{heap.words}` lets the heap grow to {show_size(heap.bytes)}, "
                    f"and the service's memory ends at {show_size(limit)}",
                    "cap the heap at about three quarters of the limit, "
                    f"{show_size(int(limit * 0.75) // 1024**2 * 1024**2)}",
                    ((name, heap.path), (name, _MEMORY)),
                    None if heap.bytes >= limit else Severity.WARNING,
                )


@pair(
    "LM005",
    "limits.heap-cap-differs",
    Severity.WARNING,
    symptoms=_OOM,
    paths=("environment", "command", "entrypoint"),
    words=HEAP_WORDS,
    since="0.2",
)
def heap_cap_differs(pair: ServicePair) -> Iterator[Found]:
    """One side caps the runtime's heap, the other does not, or at another size.

    What it compares:
        Heap caps in variables and on the command line (`--max-old-space-size`, `-Xmx`, `GOMEMLIMIT`).

    Why it matters:
        Without a cap the runtime takes a share of what it believes the machine has, and grows until the
        orchestrator kills it. With a smaller one, work that fits on one side ends in "out of memory" on
        the other.

    Example:
        local: `NODE_OPTIONS=--max-old-space-size=512`
        production: `NODE_OPTIONS` unset

    What to do:
        Set the same cap on both sides, below the memory limit.

    When to ignore it:
        When a larger heap is for a build or a debugger only.

    References:
        Incidents mem-mercato-no-heap-cap, mem-openwebui-build-heap.
    """
    one, two = (_largest(list(heaps(side))) for side in (pair.left, pair.right))
    known = two or one
    if known is None or (one and two and not _far(one.bytes, two.bytes)):
        return
    at: list[tuple[str, Path]] = [(pair.name, known.path)]
    limit = [side.settings.get(_MEMORY, ABSENT) for side in (pair.left, pair.right)]
    if limit[0] != limit[1]:
        at.append((pair.name, _MEMORY))
    shown = [show_size(heap.bytes) if heap else "nothing" for heap in (one, two)]
    yield Found(
        f"the heap is capped at {shown[0]} on the left and {shown[1]} on the right",
        f"set `{known.words}` on both sides, below the memory limit",
        tuple(at),
    )


def _largest(found: list[Heap]) -> Heap | None:
    return max(found, key=lambda heap: heap.bytes, default=None)


@joint("LM006", "limits.reservation-above-limit", Severity.ERROR, since="0.2")
def reservation_above_limit(side: Side) -> Iterator[Found]:
    """A service reserves more than its limit.

    What it compares:
        `reservations` with `limits` of memory and processors of one service, and `memswap_limit` with
        the memory limit.

    Why it matters:
        The engine refuses to create such a container, and a scheduler to place it. It shows where the two
        numbers first meet: in the environment that merges the files.

    Example:
        local: `mem_reservation: 1g`
        production: `mem_reservation: 1g`, `mem_limit: 512m`

    What to do:
        Reserve at most the limit.

    When to ignore it:
        Never.

    References:
        Docker documentation on resource constraints; Kubernetes documentation on requests and limits.
    """
    for name, service in side.services.items():
        for what in ("memory", "cpus"):
            paths: list[Path] = [
                ("deploy", "resources", k, what) for k in ("reservations", "limits")
            ]
            reserved, limit = (_amount(service.settings.get(path)) for path in paths)
            if limit and reserved > limit:
                yield Found(
                    f"more {what} is reserved than the limit allows",
                    f"deploy.resources.reservations.{what} at most as large as limits.{what}",
                    ((name, paths[0]), (name, paths[1])),
                )
        swap, most = service.get("memswap_limit"), service.settings.get(_MEMORY)
        if isinstance(swap, int) and isinstance(most, int) and 0 < swap < most:
            yield Found(
                "memswap_limit counts memory and swap together, and is below the memory limit",
                "memswap_limit at least as large as the memory limit",
                ((name, ("memswap_limit",)), (name, _MEMORY)),
            )


def _amount(value: Any) -> float:
    """A number of bytes or processors; 0 where there is none."""
    return float(value) if isinstance(value, int | float) and value > 0 else 0.0


_LEAST = 4 * 1024**2
"""No process starts in less; Docker itself refuses limits below 6 MiB."""


@joint("LM014", "limits.memory-too-small", Severity.ERROR, symptoms=_OOM, since="0.2")
def memory_too_small(side: Side) -> Iterator[Found]:
    """A service is limited to less memory than any process needs.

    What it compares:
        The memory limit of each service with 4 MiB. Kubernetes reads a small `m` as thousandths.

    Why it matters:
        The container does not start, or is killed at once. `128m` is 128 MiB in Compose and
        0.128 bytes in Kubernetes, and nothing refuses it there before a node tries.

    Example:
        local: `mem_limit: 128m`
        production: `resources: {limits: {memory: 128m}}` of a pod

    What to do:
        Write the unit: `128Mi` in Kubernetes, `128M` in Compose.

    When to ignore it:
        Never.

    References:
        Kubernetes, resource units; Docker documentation on resource constraints.
    """
    for name, service in side.services.items():
        limit = service.settings.get(_MEMORY)
        if not isinstance(limit, int) or not 0 < limit < _LEAST:
            continue
        pods = side.source in ("kubernetes", "cloudrun")
        told = (
            ": a small `m` is thousandths in Kubernetes, so that `128m` is 0.128 bytes; 128Mi was meant"
            if pods and limit < 1024  # noqa: PLR2004
            else ": no process starts in so little"
        )
        yield Found(
            f"`{name}` may use {show_size(limit)} of memory{told}",
            "write the unit: 128Mi instead of 128m" if pods else "write the unit: memory: 128M",
            ((name, _MEMORY),),
        )
