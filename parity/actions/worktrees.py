"""The folder that a stack belongs to: its branch, whether it is still there, and its name in addresses."""

import os
import re
import socket
import stat
import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from parity.engine import observe
from parity.engine.address import find
from parity.errors import ParityError

_HEAD = "ref: refs/heads/"
_LABEL = 63
"""Characters that one part of a host name may have."""
_MEDIA = ("/mnt", "/media", "/run/media", "/Volumes")
_DEEP = 3
"""Parts of a path that is somebody's own: `/`, `home` and a name."""
_VM = ("docker desktop", "orbstack")


class Standing(StrEnum):
    """Whether a worktree is there."""

    HERE = "here"
    GONE = "gone"
    UNKNOWN = "cannot tell"


@dataclass(frozen=True)
class Judgement:
    """Whether a worktree is there; `why` that cannot be said."""

    standing: Standing
    why: str = ""


def branch(root: Path) -> str:
    """What is checked out in the folder, read without git; empty where that has no name."""
    for folder in (root, *root.parents):
        head = _head(folder / ".git")
        if head is not None:
            return head.removeprefix(_HEAD) if head.startswith(_HEAD) else ""
    return ""


def linked(root: Path) -> bool:
    """Whether the folder is in a worktree that git has made beside the first checkout."""
    for folder in (root, *root.parents):
        git = folder / ".git"
        if git.is_dir():
            return False
        if git.is_file():
            return "/worktrees/" in _text(git)
    return False


def label(root: Path) -> str:
    """One part of a host name for the worktree: its branch, else its folder's name."""
    name = branch(root)
    name = "" if name.startswith(".") else name  # a repository that keeps its branches elsewhere
    return tame(name) or tame(root.name) or "local"


def tame(text: str) -> str:
    """Text as one part of a host name; empty where nothing of it can stand there."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:_LABEL].rstrip("-")


def judge(worktree: str) -> Judgement:
    """Whether a worktree is there. Gone is only what this machine and its engine both could see."""
    path = Path(worktree)
    if not path.is_absolute():
        return Judgement(Standing.UNKNOWN, "its path is not known")
    try:
        found = _is_folder(path)
        above = next(folder for folder in path.parents if _is_folder(folder))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        return Judgement(Standing.UNKNOWN, f"{worktree}: {reason}")
    if found:
        return Judgement(Standing.HERE)
    # A project may be some folders below the worktree; but what is all strange may be another machine's.
    if above != path.parent and len(above.parts) < _DEEP:
        return Judgement(Standing.UNKNOWN, f"there is no {path.parent} here either")
    reason = _elsewhere() or _unmounted(path, above)
    return Judgement(Standing.UNKNOWN if reason else Standing.GONE, reason)


def _is_folder(path: Path) -> bool:
    """Unlike `Path.is_dir`, raises where the answer is not known."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


@cache
def _elsewhere() -> str:
    """Why paths of the engine's stacks may be another machine's; empty where they are this one's."""
    address = find()
    if not address.is_local:
        return f"the engine is at {address.url}"
    if sys.platform == "darwin":
        return ""
    try:
        about: dict[str, Any] = observe.get("/info")
    except ParityError as error:
        return str(error)
    system = str(about.get("OperatingSystem", "")).lower()
    name = str(about.get("Name", ""))
    apart = _in_container() or "microsoft" in os.uname().release.lower()
    if name == socket.gethostname() or (system.startswith(_VM) and not apart):
        return ""
    return f"the engine is on {name or 'another machine'}"


def _in_container() -> bool:
    return Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()


def _unmounted(path: Path, above: Path) -> str:
    """Why the disk of a path may be missing, `above` being the last folder that is there; else empty."""
    known = _mount_points()
    for folder in path.parents:
        if str(folder) in known and not folder.is_mount():
            return f"{folder} is not mounted"
    if str(path).startswith(tuple(f"{place}/" for place in _MEDIA)) and _is_empty(above):
        return f"{above} is empty: its disk may not be mounted"
    return ""


def _is_empty(folder: Path) -> bool:
    try:
        return next(folder.iterdir(), None) is None
    except OSError:
        return True


def _mount_points() -> frozenset[str]:
    """Where /etc/fstab says that disks are."""
    rows = (line.split() for line in _text(Path("/etc/fstab")).splitlines())
    places = {row[1] for row in rows if len(row) > 1 and not row[0].startswith("#")}
    return frozenset(places - {"/", "none", "swap"})


def _head(git: Path) -> str | None:
    """The text of HEAD, where `git` is a repository's folder, or the file that names it."""
    if git.is_file():
        _, _, target = _text(git).partition("gitdir:")
        git = git.parent / target.strip()
    text = _text(git / "HEAD")
    return text.strip() or None


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8", errors="replace")[:65536]
    except (OSError, ValueError):
        return ""
