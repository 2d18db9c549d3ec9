"""Where things are in the store, and how a directory appears in it or goes: whole, or not at all."""

import os
import shutil
import uuid
from pathlib import Path

STORE = Path("/store")
STATES, LIVE, TRASH = "states", "live", "trash"


def inside(name: str) -> Path:
    """A path of the store; ValueError where it would lie outside."""
    path = STORE / name
    if ".." in path.parts or not path.is_relative_to(STORE) or path == STORE:
        raise ValueError(f"not a place in the store: {name}")
    return path


def aside(path: Path) -> Path:
    """Where a directory is made before it gets its name; whoever finds one there removes it."""
    trash = STORE / TRASH
    trash.mkdir(mode=0o700, parents=True, exist_ok=True)
    return trash / f"{path.name}-{uuid.uuid4().hex[:12]}"


def publish(made: Path, path: Path) -> None:
    """Give a finished directory its name."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    made.rename(path)


def discard(path: Path) -> None:
    """Take a directory away at once, and remove it then."""
    if not path.exists():
        return
    gone = aside(path)
    path.rename(gone)
    shutil.rmtree(gone, ignore_errors=True)


def sync() -> None:
    """Have on disk what was written."""
    fd = os.open(STORE, os.O_RDONLY)
    try:
        # Of this file system alone: `os.sync` would wait for every disk of the machine.
        _syncfs(fd)
    finally:
        os.close(fd)


def _syncfs(fd: int) -> None:
    import ctypes

    if ctypes.CDLL(None, use_errno=True).syncfs(fd) != 0:
        os.sync()
