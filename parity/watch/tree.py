"""What is in a folder now against what was there: events say where to look, never what is there."""

import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from parity.watch.rules import Scope

Mark = tuple[int, int, int, int]
_FEW = 200


@dataclass(frozen=True)
class Delta:
    """Names below the rule's path; an empty one is the path itself."""

    changed: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing changed."""
        return not self.changed and not self.gone


class Tree:
    """The files of one rule. `moved` are all that changed since the watch began."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.known = dict(_scan(scope, scope.rule.path))
        self.moved: set[str] = set()

    def again(self, scope: Scope) -> None:
        """Look with other ignore files from now on: what is ignored now is forgotten, not gone."""
        self.scope = scope
        root = scope.rule.path
        self.known = {
            name: mark
            for name, mark in self.known.items()
            if scope.covers(root / name if name else root)
        }

    def update(self, paths: Iterable[Path] | None) -> Delta:
        """What changed at these paths; None: anywhere."""
        now = self._now(paths)
        changed = tuple(sorted(name for name, mark in now.items() if self.known.get(name) != mark))
        gone = tuple(sorted(self.known.keys() - now.keys()))
        self.known = now
        self.moved.update(changed)
        self.moved.difference_update(gone)
        return Delta(changed, gone)

    def differs(self, paths: Iterable[Path] | None) -> bool:
        """Whether `update` would find a change; it still will."""
        return self._now(paths) != self.known

    def _now(self, paths: Iterable[Path] | None) -> dict[str, Mark]:
        root = self.scope.rule.path
        mine = None if paths is None else [p for p in paths if p == root or p.is_relative_to(root)]
        if mine is not None and not mine:
            return self.known
        if mine is None or len(mine) > _FEW or any(self._is_folder(path) for path in mine):
            return dict(_scan(self.scope, root))
        now = dict(self.known)
        for path in mine:
            name = _name(root, path)
            mark = _mark(path) if self.scope.covers(path) else None
            if mark is not None:
                now[name] = mark
            else:
                now.pop(name, None)
        return now

    def _is_folder(self, path: Path) -> bool:
        """Whether it is one, or was: then files are known below it."""
        if path.is_dir() and not path.is_symlink():
            return True
        name = _name(self.scope.rule.path, path)
        return any(
            known != name and known.startswith(f"{name}/" if name else "") for known in self.known
        )


def _scan(scope: Scope, path: Path) -> Iterator[tuple[str, Mark]]:
    root = scope.rule.path
    if not path.is_dir():
        mark = _mark(path) if scope.covers(path) else None
        if mark is not None:
            yield _name(root, path), mark
        return
    try:
        entries = sorted(os.scandir(path), key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        one = Path(entry.path)
        if entry.is_dir(follow_symlinks=False):
            if scope.covers(one, folder=True):
                yield from _scan(scope, one)
        elif scope.covers(one) and (mark := _mark(one)) is not None:
            yield _name(root, one), mark


def _name(root: Path, path: Path) -> str:
    name = path.relative_to(root).as_posix()
    return "" if name == "." else name


def _mark(path: Path) -> Mark | None:
    """What changes when a file does; None where there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    if not (stat.S_ISREG(found.st_mode) or stat.S_ISLNK(found.st_mode)):
        return None
    if (found.st_dev, found.st_ino) in _outputs():
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino, found.st_mode


@cache
def _outputs() -> frozenset[tuple[int, int]]:
    """Where this process itself writes: each line of a log in the project would be a change."""
    found = set()
    for number in (1, 2):
        try:
            one = os.fstat(number)
        except OSError:
            continue
        found.add((one.st_dev, one.st_ino))
    return frozenset(found)
