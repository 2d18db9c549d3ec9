"""The files that the stack and its checks are made from, by what is in them: a touch is no change."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

from parity.actions.diff_request import DiffRequest, compared
from parity.actions.inputs import Uncertain, files_of
from parity.actions.session import Session
from parity.errors import UsageError
from parity.model.project import EnvironmentTable
from parity.paths import resolved

_LARGEST = 16 * 1024**2


@dataclass(frozen=True)
class Inputs:
    """File -> digest, for what the stack is made from, and for what is only compared with it."""

    stack: Mapping[Path, str] = field(default_factory=dict)
    compared: Mapping[Path, str] = field(default_factory=dict)
    folders: tuple[Path, ...] = ()
    """Definitions that are whole folders: a new file in one counts."""

    @property
    def files(self) -> frozenset[Path]:
        """All of them."""
        return frozenset({*self.stack, *self.compared})

    def concerns(self, path: Path) -> bool:
        """Whether an event there may be about these: a new file beside one may be named by it."""
        return path.parent in self._beside or any(path.is_relative_to(f) for f in self.folders)

    @cached_property
    def _beside(self) -> frozenset[Path]:
        return frozenset(file.parent for file in self.files)

    def since(self, before: "Inputs") -> "Changed":
        """What changed."""
        return Changed(
            _differing(before.stack, self.stack), _differing(before.compared, self.compared)
        )

    def only(self, files: Collection[Path]) -> "Inputs":
        """The same without files that have turned out to be no inputs."""
        stack = {path: found for path, found in self.stack.items() if path in files}
        others = {path: found for path, found in self.compared.items() if path in files}
        return replace(self, stack=stack, compared=others)

    def with_own(self, file: Path) -> "Inputs":
        """The same with a file that parity itself has just written."""
        if file not in self.stack:
            return self
        return replace(self, stack={**self.stack, file: _digest(file)})


@dataclass(frozen=True)
class Changed:
    """Files that changed, and whose business they are."""

    stack: tuple[Path, ...] = ()
    compared: tuple[Path, ...] = ()

    @property
    def all(self) -> tuple[Path, ...]:
        """Each once."""
        return tuple(dict.fromkeys((*self.stack, *self.compared)))


def _never(path: Path) -> bool:
    del path
    return False


def look(session: Session, is_code: Callable[[Path], bool] = _never) -> Inputs:
    """The inputs as they are now. Never fails: what cannot be read has a digest as well.

    `is_code` says of a file that a definition merely names whether it is code: a rule for one file does.
    """
    project, root = session.project, session.paths.root
    own = [session.paths.config, session.paths.lock]
    own += [root / table.compose for table in project.stand_ins.values() if table.compose]
    own += [root / here for here in project.local.host_files.values()]
    try:
        usual = [session.environment]
    except (UsageError, KeyError):
        usual = []
    others = list(_others(session))
    tables = [*usual, *others]
    return Inputs(
        _digests([*own, *_files(usual, root, is_code)]),
        _digests([session.paths.baseline, *_files(others, root, is_code)]),
        tuple(resolved(root / name) for t in tables for name in t.files if (root / name).is_dir()),
    )


def _others(session: Session) -> Iterable[EnvironmentTable]:
    project = session.project
    try:
        names = compared(project, DiffRequest()) or ()
    except UsageError:
        return
    for name in names:
        if name in project.environments:
            yield project.environments[name]
        elif (session.paths.root / name).is_file():
            yield EnvironmentTable(source="snapshot", files=(name,))


def _files(
    tables: Iterable[EnvironmentTable], root: Path, is_code: Callable[[Path], bool]
) -> Iterable[Path]:
    for table in tables:
        own = [root / name for name in (*table.files, *table.env_files)]
        try:
            named = files_of([table], root) - {resolved(file) for file in own}
        except Uncertain:
            named = frozenset()  # something far away, or too much: its own files are looked at
        yield from (file for file in own if not file.is_dir())
        yield from (file for file in named if not is_code(file))


def _digests(files: Iterable[Path]) -> dict[Path, str]:
    return {path: _digest(path) for path in sorted({resolved(file) for file in files})}


def _digest(file: Path) -> str:
    try:
        if not file.is_file() or file.stat().st_size > _LARGEST:
            return ""
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError:
        return ""


def _differing(before: Mapping[Path, str], after: Mapping[Path, str]) -> tuple[Path, ...]:
    """Files that were edited; else those that came or went, be it that a definition names them no more."""
    edited = [path for path in before if path in after and before[path] != after[path]]
    return tuple(edited) or tuple(sorted(before.keys() ^ after.keys()))
