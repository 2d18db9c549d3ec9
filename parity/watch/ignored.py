"""Which files are nobody's business: git's ignore files, Docker's, and what editors leave for a moment."""

import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec, PathSpec

_NEVER = frozenset(
    {".git", ".parity", "__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis"}
)
_EDITORS = re.compile(
    r"~$|\.sw[a-z]{1,2}$|^\.#|^#.*#$|^4913$|___jb_(?:tmp|old)___$|^\.goutputstream-|^\.DS_Store$"
    r"|\.parity-tmp$|\.py[co]$|^\.~lock\.|\.kate-swp$|\.crdownload$|^\.nfs[0-9a-f]{8,}$"
)


def is_passing(path: Path, root: Path) -> bool:
    """Whether it is an editor's own, or in a folder that no tool looks into."""
    try:
        below = path.relative_to(root).parts
    except ValueError:
        below = (path.name,)
    return any(part in _NEVER for part in below) or bool(_EDITORS.search(path.name))


class Git:
    """What git ignores in one repository: all its `.gitignore` files, `info/exclude` and the user's own."""

    def __init__(self, folder: Path) -> None:
        self._top = next((f for f in (folder, *folder.parents) if (f / ".git").exists()), folder)
        self._specs: dict[Path, GitIgnoreSpec] = {}
        self._folders: dict[Path, bool] = {}

    def ignores(self, path: Path, *, folder: bool = False) -> bool:
        """Whether a file (or folder) is ignored. What is in an ignored folder is."""
        if path == self._top or not path.is_relative_to(self._top):
            return False
        if self._is_ignored_folder(path.parent):
            return True
        return self._is_ignored_folder(path) if folder else self._says(path, folder=False)

    def _is_ignored_folder(self, folder: Path) -> bool:
        if folder == self._top or not folder.is_relative_to(self._top):
            return False
        if folder not in self._folders:
            self._folders[folder] = self._is_ignored_folder(folder.parent) or self._says(
                folder, folder=True
            )
        return self._folders[folder]

    def _says(self, path: Path, *, folder: bool) -> bool:
        """The nearest ignore file that has a word on it decides, and in it the last such line."""
        for base in path.parents:
            spec = self._spec(base)
            name = path.relative_to(base).as_posix() + ("/" if folder else "")
            verdict = spec.check_file(name).include if len(spec) else None
            if verdict is not None:
                return verdict
            if base == self._top:
                break
        return False

    def _spec(self, base: Path) -> "GitIgnoreSpec":
        if base not in self._specs:
            from pathspec import GitIgnoreSpec

            lines = _lines(base / ".gitignore")
            if base == self._top:
                lines = [*_users(), *_lines(base / ".git" / "info" / "exclude"), *lines]
            self._specs[base] = GitIgnoreSpec.from_lines(lines)
        return self._specs[base]


@cache
def docker_patterns(lines: tuple[str, ...]) -> "PathSpec[Any]":
    """Docker's patterns: like git's, but each begins at the top, and the last that matches decides."""
    from pathspec import PathSpec

    return PathSpec.from_lines("gitignore", [_docker_line(line) for line in lines])


def _docker_line(line: str) -> str:
    line = line.strip()
    if not line or line.startswith("#"):
        return ""
    sign, name = ("!", line[1:].strip()) if line.startswith("!") else ("", line)
    name = os.path.normpath(name).lstrip("/")
    return f"{sign}/**" if name in (".", "") else f"{sign}/{name}"


def dockerignore(context: Path, dockerfile: str = "Dockerfile") -> tuple[str, ...]:
    """The lines of a build context's ignore file; a Dockerfile may have one of its own."""
    own = context / f"{dockerfile}.dockerignore"
    return tuple(_lines(own) if own.is_file() else _lines(context / ".dockerignore"))


def _users() -> Sequence[str]:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path("~/.config").expanduser())
    return _lines(Path(base) / "git" / "ignore")


def _lines(file: Path) -> list[str]:
    try:
        return _sound(file.read_text(encoding="utf-8", errors="replace").splitlines())
    except OSError:
        return []


def _sound(lines: Iterable[str]) -> list[str]:
    """Lines that are patterns: git passes over others as well."""
    from pathspec import GitIgnoreSpec

    kept = []
    for line in lines:
        try:
            GitIgnoreSpec.from_lines([line])
        except ValueError:
            continue
        kept.append(line)
    return kept
