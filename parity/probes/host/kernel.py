"""The kernel as all containers see it: `sysctls.NAME`, `swap`, `transparent-hugepages`, `cpu-features`, `mtu`.

Source: admin-guide/sysctl of the kernel's documentation; proc(5); proc_net(5), route.
"""

import re
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.host.contract import HostSeen

LAYER = Layer.HOST
NAMES: tuple[str, ...] = (
    "sysctls",
    "swap",
    "transparent-hugepages",
    "cpu-features",
    "mtu",
    "disk-full",
    "clock-offset",
)

_SYSCTLS = (
    "vm.max_map_count",
    "vm.overcommit_memory",
    "vm.swappiness",
    "fs.inotify.max_user_instances",
    "fs.inotify.max_user_watches",
    "fs.aio-max-nr",
    "kernel.pid_max",
)
"""Not those that the kernel takes from the machine's memory."""
_MEMORY, _CPU = "/proc/meminfo", "/proc/cpuinfo"
_PAGES, _ROUTE = "/sys/kernel/mm/transparent_hugepage/enabled", "/proc/net/route"
_DEVICES = tuple(
    f"/sys/class/net/{name}/mtu" for name in ("eth0", "ens3", "ens4", "ens5", "enp1s0")
)
FILES = (
    *(f"/proc/sys/{name.replace('.', '/')}" for name in _SYSCTLS),
    _MEMORY, _CPU, _PAGES, _ROUTE, *_DEVICES,
)  # fmt: skip
_FEATURES = frozenset({
    "aes", "avx", "avx2", "avx512f", "bmi2", "fma", "sse4_1", "sse4_2", "popcnt", "ssse3",
    "asimd", "atomics", "crc32", "sve",
})  # fmt: skip
"""Those that programs are built for and cannot run without."""
_KIB = re.compile(r"^SwapTotal:\s+(\d{1,15}) kB", re.MULTILINE)


def read(seen: HostSeen) -> Facts:
    """Nothing where no helper could look."""
    files = seen.files
    paths = zip(_SYSCTLS, FILES, strict=False)
    sysctls = {name: " ".join(files[path].split()) for name, path in paths if path in files}
    swap = _KIB.search(files.get(_MEMORY, ""))
    pages = re.search(r"\[(\w+)\]", files.get(_PAGES, ""))
    found: dict[str, Any] = {
        "sysctls": sysctls or None,
        "swap": int(swap[1]) << 10 if swap else None,
        "transparent-hugepages": pages[1] if pages else None,
        "cpu-features": _features(files.get(_CPU, "")) or None,
        "mtu": _mtu(seen),
        "disk-full": seen.disk if seen.disk > 90 else None,  # noqa: PLR2004 - docs/layers.md
        "clock-offset": round(seen.offset, 1) if abs(seen.offset) > 1 else None,
    }
    return Facts({name: value for name, value in found.items() if value is not None})


def _features(text: str) -> list[str]:
    line = re.search(r"^(?:flags|Features)\s*:(.*)$", text, re.MULTILINE)
    return sorted(_FEATURES & set(line[1].split())) if line else []


def _mtu(seen: HostSeen) -> int | None:
    """Of the interface that the default route names."""
    rows = (line.split() for line in seen.files.get(_ROUTE, "").splitlines()[1:])
    ways = [words[0] for words in rows if words[1:2] == ["00000000"]]
    text = seen.files.get(f"/sys/class/net/{ways[0]}/mtu", "") if ways else ""
    return int(text) if text.strip().isdigit() else None
