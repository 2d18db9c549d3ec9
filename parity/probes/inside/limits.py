"""Limits as the kernel has them: `limits.memory`, `.cpus`, `.pids`, and `shm`.

Source: the kernel's documentation of control groups, version 1 (memory, cpu, pids) and version 2.
"""

from collections.abc import Callable, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside._tables import number, rows
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ("limits", "shm")

_GROUP = "/sys/fs/cgroup"
_MEMORY = (f"{_GROUP}/memory.max", f"{_GROUP}/memory/memory.limit_in_bytes")
_PIDS = (f"{_GROUP}/pids.max", f"{_GROUP}/pids/pids.max")
_CPU = f"{_GROUP}/cpu.max"
_QUOTA, _PERIOD = f"{_GROUP}/cpu/cpu.cfs_quota_us", f"{_GROUP}/cpu/cpu.cfs_period_us"
_ENDLESS = 1 << 62
"""More than this is version 1's way to say that there is no limit."""
_MOUNTS = "/proc/1/mounts"
_SHM = "/dev/shm"  # noqa: S108 - a container's
_UNITS = {"k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def wants(record: Mapping[str, Any]) -> Wants:
    """Both versions' files; one of them is there."""
    del record
    return Wants(files=(_MOUNTS,), inside=(*_MEMORY, *_PIDS, _CPU, _QUOTA, _PERIOD))


def read(seen: Seen) -> Facts:
    """What is limited, and what is not."""
    told: dict[str, Any] = {
        "memory": _first(seen, _MEMORY, _bytes),
        "cpus": _cpus(seen),
        "pids": _first(seen, _PIDS, _bytes),
    }
    found: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    shm = _shm(seen.files.get(_MOUNTS, ""))
    return Facts(({"limits": found} if found else {}) | ({} if shm is None else {"shm": shm}))


def _first(seen: Seen, paths: tuple[str, ...], value: Callable[[str], Any]) -> Any:
    texts = (seen.inside[path] for path in paths if path in seen.inside)
    return next((found for text in texts if (found := value(text)) is not None), None)


def _bytes(text: str) -> int | str | None:
    value = number(text)
    endless = text.strip() == "max" or (value is not None and value > _ENDLESS)
    return "unlimited" if endless else value


def _cpus(seen: Seen) -> float | str | None:
    words = seen.inside.get(_CPU, "").split() or [
        seen.inside.get(path, "").strip() for path in (_QUOTA, _PERIOD)
    ]
    if words[0] in ("max", "-1"):
        return "unlimited"
    quota, period = (number(word) for word in (*words, "")[:2])
    return round(quota / period, 3) if quota and period else None


def _shm(mounts: str) -> int | None:
    """Its size is an option of the mount."""
    for words in rows(mounts):
        if words[1:2] == [_SHM] and words[3:]:
            sizes = (o[5:] for o in words[3].split(",") if o.startswith("size="))
            text = next(sizes, "")
            value = number(text[:-1] if text[-1:] in _UNITS else text)
            return None if value is None else value * _UNITS.get(text[-1:], 1)
    return None
