"""The probes of running containers, found by walking this package: a module with a `LAYER` is one."""

import pkgutil
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast

from parity.model.facts import Facts
from parity.probes.inside.contract import InsideProbe, Seen, Wants


def inside_probes() -> tuple[InsideProbe, ...]:
    """All of them, by name."""
    found = pkgutil.iter_modules(import_module("parity.probes.inside").__path__)
    modules = (import_module(f"parity.probes.inside.{module.name}") for module in found)
    return tuple(cast("InsideProbe", each) for each in modules if hasattr(each, "LAYER"))


def wants(record: Mapping[str, Any]) -> Wants:
    """What all of them ask for, each once."""
    asked = [probe.wants(record) for probe in inside_probes()]
    return Wants(
        tuple(dict.fromkeys(path for one in asked for path in one.files)),
        tuple(dict.fromkeys(path for one in asked for path in one.inside)),
        tuple(dict.fromkeys(path for one in asked for path in one.places)),
        tuple(dict.fromkeys(path for one in asked for path in one.trees)),
    )


def read(seen: Seen, why: str = "") -> Facts:
    """What all of them make of the answer; `why` says why no helper could look, if none could."""
    values: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for probe in inside_probes():
        found = probe.read(seen)
        values.update(found.values)
        unread.update(found.unread)
        if why:
            unread.update({name: why for name in probe.NAMES if name not in found.values})
    return Facts(values, unread)
