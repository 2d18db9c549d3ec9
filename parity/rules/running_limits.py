"""RU: what running containers share and hold: shared memory, open files, locked memory."""

from collections.abc import Iterator
from typing import Any

from parity.diff.units import show_size
from parity.diff.view import Comparison
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules._live import both_of, decided, far, names, number, part
from parity.rules._runtimes import is_browser
from parity.rules.contract import Found, single

_READS = (Layer.DECLARED, Layer.RUNNING)
_SHM_AT = "/dev/shm"  # noqa: S108 - the name of a mount
_MANY = 4
_USES_SHM = frozenset({"postgres", "mysql", "mariadb"})
_HUGE = 2_000_000
"""From so many open files on, programs that walk through all numbers take minutes."""
_FEW = 4096
_LOCKS = frozenset({"elasticsearch", "mongodb"})


def _size(value: Any) -> str:
    return show_size(value) if isinstance(value, int) else str(value)


@single(
    "RU007", "running.shared-memory-differs", Severity.WARNING, paths=("running.shm",), reads=_READS,
    symptoms=(r"shared memory", r"no space left on device", r"page crash", r"SIGBUS|bus error"), since="0.3",
)  # fmt: skip
def shared_memory_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container has less shared memory on one side, and its definition does not say so.

    What it compares:
        The size of /dev/shm inside the containers: definitions of some platforms have no words for it. It
        is an information where nothing in the service is known to use it.

    Why it matters:
        Postgres' parallel queries, browsers and machine learning workers share memory through /dev/shm.
        When it is full they fail with "no space left on device" or crash, on large input only.

    Example:
        local: 1 GiB, by `shm_size`
        production: 64 MiB, since Kubernetes has no such field

    What to do:
        `shm_size` on both sides, `default-shm-size` of the engine, or in Kubernetes an `emptyDir` with
        `medium: Memory` at /dev/shm.

    When to ignore it:
        When nothing in the service uses shared memory.

    References:
        Docker documentation, dockerd: default-shm-size. Incidents shm-coolify-default, shm-sourcegraph-k8s.
    """
    left, right = difference.left, difference.right
    if decided(difference, comparison) or not far(left, right):
        return
    uses = any(s.technology in _USES_SHM or is_browser(s) for s in both_of(difference, comparison))
    one, two = names(comparison)
    yield Found(
        f"{_SHM_AT} has {_size(left)} in {one} and {_size(right)} in {two}"
        + (", and this software uses it" if uses else ""),
        f"shm_size: {max(v for v in (left, right) if isinstance(v, int))} on both sides",
        severity=None if uses else Severity.INFO,
    )


@single(
    "RU008", "running.ulimit-differs", Severity.WARNING, paths=("running.ulimits.*",), reads=_READS,
    symptoms=(r"too many open files", r"EMFILE", r"memory is not locked", r"hang|freez", r"cannot allocate"),
    since="0.3",
)  # fmt: skip
def ulimit_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A process has another limit of the kernel on one side, which decides whether it works.

    What it compares:
        Limits of process 1, where the definitions do not differ in them: open files where one side has
        millions of them or a few thousand, locked memory of servers that lock theirs. Other distances mean
        nothing.

    Why it matters:
        They come from the engine's own unit file. With a billion open files, programs that close all numbers
        take minutes to start: yum, older daemons, su. With 1024, servers stop accepting under load.

    Example:
        local: 1048576 open files
        production: 1073741816, since a package update set `LimitNOFILE=infinity`

    What to do:
        `ulimits: {nofile: {soft: 1048576, hard: 1048576}}` on both sides.

    When to ignore it:
        When both are far from what the service does.

    References:
        getrlimit(2). Incident nofile-yum-freeze-containerd.
    """
    kind = part(difference, 2)
    left, right = _unlimited(difference.left), _unlimited(difference.right)
    if _second(difference, comparison) or None in (left, right) or decided(difference, comparison):
        return
    low, high = sorted((left or 0, right or 0))
    locks = any(s.technology in _LOCKS for s in both_of(difference, comparison))
    matters = {
        "nofile": low < _HUGE <= high or (low <= _FEW and high >= _MANY * low),
        "memlock": locks and high == float("inf"),
    }
    if matters.get(kind):
        one, two = names(comparison)
        wanted = int(low) if low > _FEW else 1048576
        yield Found(
            f"`{kind}` of the process is {difference.left} in {one} and {difference.right} in {two}",
            f"ulimits: {{{kind}: {'-1' if kind == 'memlock' else wanted}}} on both sides",
        )


def _unlimited(value: Any) -> float | None:
    return float("inf") if value == "unlimited" else number(value)


def _second(difference: Difference, comparison: Comparison) -> bool:
    """Whether the soft limit differs as well, and speaks for both."""
    if difference.path[-1] != "hard":
        return False
    soft = {
        service.settings.get((*difference.path[:3], "soft"), ABSENT)
        for service in both_of(difference, comparison)
    }
    return len(soft) > 1 or soft == {ABSENT}
