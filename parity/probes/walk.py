"""Probes are found by walking their package, and what they read is put together: alike for every kind."""

import pkgutil
from collections.abc import Iterable, Sequence
from importlib import import_module
from typing import Any

from parity.model.facts import Facts


def modules(package: str, mark: str) -> tuple[Any, ...]:
    """The modules of a package that have a name `mark`, by their own names."""
    found = pkgutil.iter_modules(import_module(package).__path__)
    every = (import_module(f"{package}.{module.name}") for module in found)
    return tuple(each for each in every if hasattr(each, mark))


def together(read: Iterable[tuple[Sequence[str], Facts]], why: str = "") -> Facts:
    """The facts of several probes as one, each with the first parts that its facts may have; `why` says
    why no helper could look, if none could: then what is not told was not read.
    """
    values: dict[str, Any] = {}
    unread: dict[str, str] = {}
    for names, found in read:
        values.update(found.values)
        unread.update(found.unread)
        if why:
            unread.update({name: why for name in names if name not in found.values})
    return Facts(values, unread)
