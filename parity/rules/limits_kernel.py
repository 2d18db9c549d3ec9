"""LM: limits that the kernel keeps: open files, shared memory, swap, who is killed first."""

from collections.abc import Iterator
from typing import Any

from parity.diff.units import show_size
from parity.diff.view import Comparison, Service
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules.contract import Found, single

_SHM_AT = "/dev/shm"  # noqa: S108 - the name of a mount
_SHM = 64 * 1024**2
"""Bytes of /dev/shm where nothing is set."""
_USES_SHM = frozenset({"postgres", "mysql", "mariadb"})
_BROWSERS = ("selenium", "chrome", "chromium", "playwright", "puppeteer", "firefox", "browserless")


@single(
    "LM007",
    "limits.open-files-differ",
    Severity.WARNING,
    paths=("ulimits",),
    symptoms=("too many open files", "EMFILE", "ENFILE"),
    since="0.2",
)
def open_files_differ(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The number of files and connections that may be open at once differs.

    What it compares:
        `ulimits.nofile`: set on one side, or to another number.

    Why it matters:
        Each connection is an open file. With 1024 of them a server stops accepting under load that it
        takes elsewhere. With a billion, programs that walk through all of them take minutes to start.

    Example:
        local: `ulimits` unset
        production: `ulimits: {nofile: {soft: 1024, hard: 4096}}`

    What to do:
        Set the same numbers on both sides.

    When to ignore it:
        When both are far above what the service opens.

    References:
        Incident nofile-yum-freeze-containerd; getrlimit(2), RLIMIT_NOFILE.
    """
    if difference.path[1:2] != ("nofile",) or _second_of_two(difference, comparison):
        return
    one, two = (_limit(side) for side in (difference.left, difference.right))
    yield Found(
        f"open files are limited to {one} in {comparison.left.name} and {two} in {comparison.right.name}",
        "set ulimits.nofile alike on both sides",
    )


def _second_of_two(difference: Difference, comparison: Comparison) -> bool:
    """Whether the soft limit differs as well, and speaks for both."""
    both = comparison.pair(difference.service)
    if both is None or difference.path[-1] != "hard":
        return False
    name = str(difference.path[1])
    return bool(both.left.get("ulimits", name, "soft") != both.right.get("ulimits", name, "soft"))


def _limit(value: Any) -> str:
    if value is ABSENT:
        return "the engine's number"
    if isinstance(value, dict):
        numbers = dict.fromkeys(_limit(value[side]) for side in ("soft", "hard") if side in value)
        return " to ".join(numbers)
    return "any number" if value == -1 else str(value)


@single(
    "LM008",
    "limits.ulimit-differs",
    Severity.WARNING,
    paths=("ulimits",),
    symptoms=("memory is not locked", "cannot allocate memory", "bootstrap check"),
    since="0.2",
)
def ulimit_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A limit of the kernel other than that of open files is set otherwise.

    What it compares:
        Every entry of `ulimits` but `nofile`: `memlock`, `nproc`, `stack`, `core`, …

    Why it matters:
        Search engines and databases lock memory and refuse to start, or swap, where they may not. Deep
        recursion ends at another depth with another stack.

    Example:
        local: `ulimits` unset
        production: `ulimits: {memlock: {soft: -1, hard: -1}}`

    What to do:
        Set the same limits on both sides.

    When to ignore it:
        `core`, where nobody collects core files.

    References:
        Incident es-single-node-hides-check-hypothesis; getrlimit(2).
    """
    if difference.path[1:2] == ("nofile",) or _second_of_two(difference, comparison):
        return
    one, two = (_limit(side) for side in (difference.left, difference.right))
    yield Found(
        f"`{difference.path[1]}` is limited to {one} in {comparison.left.name} "
        f"and {two} in {comparison.right.name}",
        f"set ulimits.{difference.path[1]} alike on both sides",
        severity=Severity.INFO if difference.path[1] == "core" else None,
    )


@single(
    "LM009",
    "limits.shared-memory-differs",
    Severity.WARNING,
    paths=("shm_size",),
    symptoms=(
        "shared memory",
        "no space left on device",
        "session deleted because of page crash",
        "SIGBUS",
    ),
    since="0.2",
)
def shared_memory_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service has more shared memory on one side.

    What it compares:
        `shm_size` with what the other side has: its own `shm_size`, a tmpfs at /dev/shm, or the engine's
        64 MiB.

    Why it matters:
        PostgreSQL's parallel queries, browsers and machine learning workers share memory through
        /dev/shm. When it is full they fail with "no space left on device" or crash, on large input only.

    Example:
        local: `shm_size: 1gb`
        production: nothing, so 64 MiB

    What to do:
        Set the same `shm_size`. In Kubernetes mount an `emptyDir` with `medium: Memory` at /dev/shm.

    When to ignore it:
        When nothing in the service uses shared memory; then drop the setting.

    References:
        Incidents shm-coolify-default, shm-sourcegraph-k8s.
    """
    both = comparison.pair(difference.service)
    if both is None:
        return
    sizes = [_shm(side) for side in (both.left, both.right)]
    if sizes[0] == sizes[1] or None in sizes:
        return
    uses = both.right.technology in _USES_SHM or any(
        word in str(both.right.get("image", "repository")) for word in _BROWSERS
    )
    shown = [show_size(size) for size in sizes if size is not None]
    yield Found(
        f"{_SHM_AT} has {shown[0]} in {comparison.left.name} and {shown[1]} in {comparison.right.name}"
        + (", and this software uses it" if uses else ""),
        f"set it alike: shm_size: {max(size or 0 for size in sizes)}",
    )


def _shm(service: Service) -> int | None:
    """Bytes of /dev/shm; None where they cannot be told."""
    for kind in ("tmpfs", "volumes"):
        mount = service.under(kind, _SHM_AT)
        if mount:
            size = service.get(kind, _SHM_AT, "size")
            return size if isinstance(size, int) else None
    given = service.get("shm_size")
    if given is ABSENT:
        return _SHM
    return given if isinstance(given, int) else None


@single(
    "LM010",
    "limits.swap-differs",
    Severity.WARNING,
    paths=("memswap_limit", "mem_swappiness"),
    since="0.2",
)
def swap_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The service may swap on one side and not, or less, on the other.

    What it compares:
        `memswap_limit` and `mem_swappiness`.

    Why it matters:
        With swap a service that outgrows its memory becomes slow; without it the kernel kills it. What is
        a slow page on one side is an outage on the other.

    Example:
        local: `mem_limit: 512m`, so swap up to as much again
        production: `mem_limit: 512m`, `memswap_limit: 512m`

    What to do:
        Set `memswap_limit` alike; equal to the memory limit it means no swap.

    When to ignore it:
        Hosts without swap.

    References:
        Docker documentation on resource constraints, --memory-swap.
    """
    shown = [
        "nothing set" if v is ABSENT else show_size(v) if isinstance(v, int) and v > 100 else str(v)  # noqa: PLR2004 - swappiness ends there
        for v in (difference.left, difference.right)
    ]
    yield Found(
        f"swap is used otherwise: `{difference.path[0]}` has {shown[0]} in {comparison.left.name} "
        f"and {shown[1]} in {comparison.right.name}",
        f"set {difference.path[0]} alike on both sides",
    )


@single(
    "LM011",
    "limits.out-of-memory-handling-differs",
    Severity.WARNING,
    paths=("oom_kill_disable", "oom_score_adj"),
    since="0.2",
)
def out_of_memory_handling_differs(
    difference: Difference, comparison: Comparison
) -> Iterator[Found]:
    """When memory runs out, another process is killed on the other side, or none.

    What it compares:
        `oom_kill_disable` and `oom_score_adj`.

    Why it matters:
        A service that is never killed hangs instead, and health checks time out. One with a lower score
        lives on while its neighbour dies.

    Example:
        local: unset
        production: `oom_kill_disable: true`

    What to do:
        Set both alike, and a memory limit with them.

    When to ignore it:
        Where the host never runs out of memory.

    References:
        Docker documentation on resource constraints, --oom-kill-disable.
    """
    del comparison
    name = difference.path[0]
    if name == "oom_kill_disable" and not any(
        v is True for v in (difference.left, difference.right)
    ):
        return
    yield Found(
        f"`{name}` decides otherwise who is killed when memory runs out", f"set {name} alike"
    )


@single(
    "LM012", "limits.tmpfs-size-differs", Severity.WARNING, paths=("tmpfs", "volumes"), since="0.2"
)
def tmpfs_size_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A folder in memory may hold less on one side.

    What it compares:
        The `size` of tmpfs mounts at one path on both sides; without one it is half of the host's memory.

    Why it matters:
        What does not fit fails with "no space left on device", and only files of production's size do not
        fit.

    Example:
        local: `tmpfs: [/tmp]`
        production: `tmpfs: ["/tmp:size=16m"]`

    What to do:
        Give both the same size.

    When to ignore it:
        When the folder holds sockets and pid files only.

    References:
        Docker documentation on tmpfs mounts; tmpfs(5).
    """
    if difference.path[2:] != ("size",):
        return
    shown = [
        "no limit of its own" if v is ABSENT else show_size(v) if isinstance(v, int) else str(v)
        for v in (difference.left, difference.right)
    ]
    yield Found(
        f"the folder in memory at {difference.path[1]} has {shown[0]} in {comparison.left.name} "
        f"and {shown[1]} in {comparison.right.name}",
        f"give {difference.path[1]} the same size on both sides",
    )


@single(
    "LM013", "limits.kernel-setting-differs", Severity.WARNING, paths=("sysctls.*",), since="0.2"
)
def kernel_setting_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A kernel setting of the service's namespace is set otherwise.

    What it compares:
        Every entry of `sysctls`.

    Why it matters:
        Queues of waiting connections, keep-alive probes, port ranges and IPv6 are kernel settings. Under
        load the smaller queue drops connections that the other side takes.

    Example:
        local: `sysctls` unset
        production: `sysctls: {net.core.somaxconn: "4096"}`

    What to do:
        Set the same `sysctls` locally; those of the network namespace need no privilege.

    When to ignore it:
        Settings that only matter at production's load.

    References:
        Incident cap-docker2010-unprivileged-port; Linux kernel documentation, sysctl/net.
    """
    shown = [
        "the kernel's value" if v is ABSENT else f"`{v}`"
        for v in (difference.left, difference.right)
    ]
    name = difference.path[-1]
    yield Found(
        f"{name} is {shown[0]} in {comparison.left.name} and {shown[1]} in {comparison.right.name}",
        f"set sysctls.{name} alike on both sides",
    )
