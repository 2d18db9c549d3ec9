"""Where settings are written, kept short: only where a setting's place is not its parent's."""

from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

from parity.model.document import Path, show
from parity.model.environment import Environment
from parity.model.setting import Origin
from parity.sources.snapshot_base import without_base

_SECTION = 2
"""Parts of a path that name the section: `services.web`."""

Written = dict[str, dict[str, dict[str, int]]]


def written_origins(environment: Environment, root: File, base: str) -> Written:
    """The lines of settings by file, section and setting; sources name files relative to `root`."""
    found: Written = {}
    names: dict[str, str] = {}
    for path, origin in _origins(environment, environment.document, (), None):
        if origin.file not in names:
            names[origin.file] = _name(origin.file, root, base)
        file = names[origin.file]
        below = show(path[_SECTION:])
        found.setdefault(file, {}).setdefault(show(path[:_SECTION]), {})[below] = origin.line
    return found


def _name(file: str, root: File, base: str) -> str:
    """From the repository's folder. What is no file stays as it is, such as the name of an engine."""
    absolute = (root / file).resolve()
    return without_base(str(absolute) if absolute.is_file() else file, base)


def _origins(
    environment: Environment, node: Any, path: Path, above: Origin | None
) -> Iterator[tuple[Path, Origin]]:
    origin = environment.origins.of(path) if path else None
    if origin and origin != above:
        yield path, origin
    keys: list[Any] = []
    if isinstance(node, dict):
        keys = list(node)
    elif isinstance(node, list):
        keys = list(range(len(node)))
    for key in keys:
        yield from _origins(environment, node[key], (*path, key), origin or above)
