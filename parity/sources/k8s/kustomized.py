"""Where values of a built kustomization are written: in its resources and patches."""

import os
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path as File
from typing import Any

from parity.errors import DefinitionError
from parity.model.document import ABSENT, Path, get
from parity.model.setting import Origin
from parity.sources.yaml_tree import Tree, read

_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_LISTS = ("resources", "bases", "components", "patchesStrategicMerge", "configurations")
_MOST = 500


class Kustomized:
    """Answers for a kustomization's output, from the files that it is made of."""

    def __init__(self, folder: File) -> None:
        self._folder = folder

    def origin(self, data: Mapping[str, Any], path: Path) -> Origin:
        """The file that holds the same value for the object; else the kustomization."""
        wanted = get(data, path)
        candidates = self._of(data)
        for tree in candidates:
            if path and wanted is not ABSENT and get(tree.data, path) == wanted:
                return tree.origin(path)
        best = max(candidates, key=lambda tree: _shared(tree.data, path), default=None)
        if best is not None and (not path or _shared(best.data, path) == len(path) - 1):
            return best.origin(path[:-1])
        return Origin(str(_file(self._folder) or self._folder))

    def _of(self, data: Mapping[str, Any]) -> list[Tree]:
        kind, name = data.get("kind"), str(_name(data))
        own = [t for t in self._trees if t.data.get("kind") == kind]
        exact = [t for t in own if _name(t.data) == name]
        # Prefixes, suffixes and hashes are added to names.
        return exact or [t for t in own if _name(t.data) and str(_name(t.data)) in name]

    @cached_property
    def _trees(self) -> list[Tree]:
        return [tree for tree in _walk(self._folder, set()) if isinstance(tree.data, dict)]


def is_component(folder: File) -> bool:
    """Whether it is no kustomization of its own but a part for others."""
    file = _file(folder)
    trees = _read(file) if file else ()
    return any(isinstance(t.data, dict) and t.data.get("kind") == "Component" for t in trees)


def _name(data: Mapping[str, Any]) -> Any:
    metadata = data.get("metadata")
    return metadata.get("name") if isinstance(metadata, dict) else None


def _shared(tree: Any, path: Path) -> int:
    length = 0
    while length < len(path) and get(tree, path[: length + 1]) is not ABSENT:
        length += 1
    return length


def _file(folder: File) -> File | None:
    return next((folder / name for name in _NAMES if (folder / name).is_file()), None)


def _walk(folder: File, seen: set[File]) -> Iterator[Tree]:
    """Patches first: what they say wins."""
    file = _file(folder)
    if file is None or folder.resolve() in seen or len(seen) > _MOST:
        return
    seen.add(folder.resolve())
    for tree in _read(file):
        data = tree.data if isinstance(tree.data, dict) else {}
        yield from _patches(folder, data)
        for name in _texts(data, "patchesStrategicMerge"):
            yield from _read(_joined(folder, name))
        for key in _LISTS:
            for name in _texts(data, key):
                below = _joined(folder, name)
                if below.is_dir():
                    yield from _walk(below, seen)
                elif below.is_file():
                    yield from _read(below)


def _patches(folder: File, data: Mapping[str, Any]) -> Iterator[Tree]:
    rows = data.get("patches")
    for row in rows if isinstance(rows, list) else ():
        path = row.get("path") if isinstance(row, dict) else None
        if isinstance(path, str):
            yield from _read(_joined(folder, path))


def _texts(data: Mapping[str, Any], key: str) -> list[str]:
    rows = data.get(key)
    return [row for row in rows if isinstance(row, str)] if isinstance(rows, list) else []


def _joined(folder: File, name: str) -> File:
    return File(os.path.normpath(folder / name))


def _read(file: File) -> tuple[Tree, ...]:
    try:
        return read(file)
    except DefinitionError:
        return ()  # kubectl has built it, so it is of no kind that holds objects
