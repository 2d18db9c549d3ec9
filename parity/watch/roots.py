"""Which folders have to be looked at: as few as are needed, and none of the huge ones that git ignores."""

import os
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

_HUGE = 64
"""Folders in one that is ignored, from which on it is not worth a kernel's watch for each."""
_MOST = 64
"""Parts into which a tree is cut; each takes a thread."""

Ignores = Callable[[Path], bool]


def wanted(files: Iterable[Path], trees: Iterable[Path], ignores: Ignores) -> dict[Path, bool]:
    """Folder -> whether all below it counts. The folders above are there to see it made again."""
    found: dict[Path, bool] = {}
    for tree in trees:
        found.setdefault(_there(tree.parent), False)
        if tree.is_dir():
            found |= split(tree, ignores)
    for file in files:
        found.setdefault(_there(file.parent), False)
    deep = {path for path, recursive in found.items() if recursive}
    return {
        path: recursive
        for path, recursive in found.items()
        if not any(above in deep for above in path.parents)
    }


def split(tree: Path, ignores: Ignores) -> dict[Path, bool]:
    """A tree as it is, or cut so that no huge ignored folder is among its parts."""
    parts = _parts(tree, ignores)
    if parts is None:
        return {tree: True}
    return parts if len(parts) <= _MOST else {tree: True}


def _parts(folder: Path, ignores: Ignores) -> dict[Path, bool] | None:
    """None where nothing has to be cut out."""
    inside: dict[Path, dict[Path, bool] | None] = {}
    cut = False
    for child in _folders(folder):
        if ignores(child):
            cut = cut or _is_huge(child)
        else:
            inside[child] = _parts(child, ignores)
            cut = cut or inside[child] is not None
    if not cut:
        return None
    found = {folder: False}
    for child, parts in inside.items():
        found |= {child: True} if parts is None else parts
    return found


def _is_huge(folder: Path) -> bool:
    return len(list(islice(_below(folder), _HUGE))) == _HUGE


def _below(folder: Path) -> Iterable[Path]:
    for child in _folders(folder):
        yield child
        yield from _below(child)


def _folders(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            return [Path(e.path) for e in entries if e.is_dir(follow_symlinks=False)]
    except OSError:
        return []


def _there(folder: Path) -> Path:
    """The folder, or the nearest above it that is there."""
    return next((one for one in (folder, *folder.parents) if one.is_dir()), folder)
