"""The sources, found by walking this package: a module with `SOURCE` and `start` is one."""

import pkgutil
from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from parity.errors import UsageError
from parity.sources.contract import Source


def names() -> tuple[str, ...]:
    """The words that `source =` accepts; each is the name of its module."""
    found = pkgutil.iter_modules(import_module("parity.sources").__path__)
    return tuple(module.name for module in found if _is_source(module.name))


def source(name: str) -> Source:
    """The source of that name."""
    # Only the one that is asked for is imported: start-up time.
    if (
        not name.isidentifier()
        or find_spec(f"parity.sources.{name}") is None
        or not _is_source(name)
    ):
        raise UsageError(
            f"no source called `{name}`", next_step=f"parity reads: {', '.join(names())}"
        )
    return cast("Source", import_module(f"parity.sources.{name}"))


def recognise(path: Path) -> str:
    """The name of the source that takes `path` for its notation, or an empty text."""
    return next((each.SOURCE for each in _all() if each.recognises(path)), "")


def _all() -> Iterator[Source]:
    # Most particular first: a Compose file for Swarm is a Compose file as well.
    order = ("snapshot", "kubernetes", "cloudrun", "ecs", "swarm", "compose", "dotenv", "docker")
    for name in sorted(names(), key=lambda name: order.index(name) if name in order else 99):
        yield source(name)


def _is_source(name: str) -> bool:
    # Helpers of a source carry its name and a suffix (`kubernetes_pods`), or are folders.
    return hasattr(import_module(f"parity.sources.{name}"), "SOURCE")
