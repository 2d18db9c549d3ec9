"""Where things are in the store, and how a directory appears in it or goes: whole, or not at all."""

import contextlib
import fcntl
import os
import shutil
import time
import uuid
from functools import cache
from pathlib import Path

STORE = Path("/store")
STATES, LIVE, TRASH = "states", "live", "trash"
LEASE = ".lease"
"""Ending of the file beside a directory that says which process made it."""
MANIFEST = ".json"
"""Ending of the file beside a sealed state's directory that says what it is."""
_PATIENCE = 60.0


def inside(name: str) -> Path:
    """A path of the store; ValueError where it would lie outside."""
    path = STORE / name
    if ".." in path.parts or not path.is_relative_to(STORE) or path == STORE:
        raise ValueError(f"not a place in the store: {name}")
    return path


def aside(path: Path) -> Path:
    """Where a directory is made before it gets its name; who finds one when nobody works removes it."""
    fcntl.flock(working(STORE), fcntl.LOCK_SH)
    trash = STORE / TRASH
    trash.mkdir(mode=0o700, parents=True, exist_ok=True)
    return trash / f"{path.name}-{uuid.uuid4().hex[:12]}"


def publish(made: Path, path: Path) -> None:
    """Give a finished directory its name; before that it is written down whose work it is."""
    path.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    lease = os.environ.get("PARITY_LEASE", "")
    if lease and path.is_relative_to(STORE):
        kind, name = path.relative_to(STORE).parts[:2]
        (STORE / kind / f"{name}{LEASE}").write_text(lease, encoding="utf-8")
    made.rename(path)


def discard(path: Path) -> None:
    """Take a directory away at once, with the files about it, and remove it then.

    Who copies from sealed data at that moment is let finish: half a copy would look like a whole one.
    """
    if not path.exists():
        forget(path)
        return
    gone = aside(path)
    path.rename(gone)
    forget(path)
    if path.parent == STORE / STATES and not quiet():
        return  # the next one who finds it removes it
    fcntl.flock(working(STORE), fcntl.LOCK_SH)
    shutil.rmtree(gone, ignore_errors=True)


def quiet(patience: float = _PATIENCE) -> bool:
    """Wait until no other agent works, and keep others from beginning; whether it came to that."""
    end = time.monotonic() + patience
    while True:
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(working(STORE), fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() > end:
            return False
        time.sleep(0.02)


def forget(path: Path) -> None:
    """Remove the files about a directory that is gone."""
    for file in path.parent.glob(f"{path.name}.*"):
        file.unlink(missing_ok=True)


@cache
def working(store: Path) -> int:
    """The lock that every agent shares while it works; the kernel takes it back when one ends."""
    store.mkdir(exist_ok=True)
    return os.open(store / ".working", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


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
