"""The writers, found by walking this package: a module with `FORMAT` and `write` is one."""

import pkgutil
from importlib import import_module
from typing import cast

from parity.errors import UsageError
from parity.report.contract import Writer


def formats() -> tuple[str, ...]:
    """The words that `--format` accepts; each is the name of its module."""
    found = pkgutil.iter_modules(import_module("parity.report").__path__)
    return tuple(sorted(module.name for module in found if _is_writer(module.name)))


def writer(name: str) -> Writer:
    """The writer of that name; raises UsageError where there is none."""
    if name not in _modules() or not _is_writer(name):
        raise UsageError(
            f"no report format called `{name}`", next_step=f"parity writes: {', '.join(formats())}"
        )
    return cast("Writer", import_module(f"parity.report.{name}"))


def _modules() -> set[str]:
    # Listed, not imported: only the writer that is asked for costs start-up time.
    return {module.name for module in pkgutil.iter_modules(import_module("parity.report").__path__)}


def _is_writer(name: str) -> bool:
    return hasattr(import_module(f"parity.report.{name}"), "FORMAT")
