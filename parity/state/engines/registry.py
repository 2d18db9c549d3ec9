"""The data engines, found by walking this package: a module with `ENGINE` is one."""

import pkgutil
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

from parity.state.engines.contract import DataEngine


@cache
def engines() -> tuple[DataEngine, ...]:
    """All of them, by name."""
    package = import_module("parity.state.engines")
    modules = (
        import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    )
    found = (module.ENGINE for module in modules if hasattr(module, "ENGINE"))
    return tuple(sorted(found, key=lambda engine: engine.name))


def recognised(attrs: Mapping[str, Any]) -> DataEngine | None:
    """The engine that a container runs; None where parity knows nothing of what it runs."""
    return next((engine for engine in engines() if engine.recognise(attrs)), None)
