"""The engine: `kernel`, `os`, `architecture`, `cpus`, `memory`, `cgroup`, `engine.…`.

Source: Docker Engine API, SystemInfo and SystemVersion.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.host.contract import HostSeen

LAYER = Layer.HOST
NAMES: tuple[str, ...] = ()
FILES: tuple[str, ...] = ()

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm"}


def read(seen: HostSeen) -> Facts:
    """What it says of itself and its machine."""
    info = seen.info
    architecture = str(info.get("Architecture") or "")
    version = str(info.get("CgroupVersion") or "")
    engine: dict[str, Any] = {
        "version": info.get("ServerVersion"),
        "runtime": info.get("DefaultRuntime"),
        "runc": _component(seen.version, "runc"),
        "containerd": _component(seen.version, "containerd"),
        "storage-driver": info.get("Driver"),
        "cgroup-driver": info.get("CgroupDriver"),
        "log-driver": info.get("LoggingDriver"),
        "security": sorted(_security(info)),
    }
    found: dict[str, Any] = {
        "kernel": info.get("KernelVersion"),
        "os": info.get("OperatingSystem"),
        "architecture": _ARCHITECTURES.get(architecture, architecture),
        "cpus": info.get("NCPU"),
        "memory": info.get("MemTotal"),
        "cgroup": f"v{version}" if version else None,
        "engine": {name: value for name, value in engine.items() if value},
    }
    return Facts({name: value for name, value in found.items() if value})


def _security(info: Mapping[str, Any]) -> Iterator[str]:
    """`name=seccomp,profile=default` is `seccomp`, and another profile says so."""
    for option in info.get("SecurityOptions") or ():
        words = dict(part.partition("=")[::2] for part in str(option).split(","))
        profile = words.get("profile", "default")
        name = words.get("name", str(option))
        yield name if profile in ("default", "builtin") else f"{name}:{profile}"


def _component(version: Mapping[str, Any], name: str) -> str:
    rows = (row for row in version.get("Components") or () if row.get("Name") == name)
    return str(next((row.get("Version") for row in rows), "") or "").partition("+")[0]
