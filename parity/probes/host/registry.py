"""The probes of hosts, found by walking this package: a module with a `LAYER` is one."""

import pkgutil
from importlib import import_module
from typing import Any, cast

from parity.model.facts import Facts
from parity.probes.host.contract import HostProbe, HostSeen


def host_probes() -> tuple[HostProbe, ...]:
    """All of them, by name."""
    found = pkgutil.iter_modules(import_module("parity.probes.host").__path__)
    modules = (import_module(f"parity.probes.host.{module.name}") for module in found)
    return tuple(cast("HostProbe", each) for each in modules if hasattr(each, "LAYER"))


def wants() -> tuple[str, ...]:
    """What all of them ask for, each once."""
    return tuple(dict.fromkeys(path for probe in host_probes() for path in probe.FILES))


def read(seen: HostSeen, why: str = "") -> Facts:
    """What all of them make of the answer; `why` says why no helper could look, if none could."""
    values: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for probe in host_probes():
        found = probe.read(seen)
        values.update(found.values)
        unread.update(found.unread)
        if why:
            unread.update({name: why for name in probe.NAMES if name not in found.values})
    return Facts(values, unread)
