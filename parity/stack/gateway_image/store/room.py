"""Room in the store: how much there is, and how a pool gets more of its engine's disk.

The pool's file has all its blocks reserved: a file system over a file with holes would lose writes
that it has promised when the disk below is full.
"""

import errno
import fcntl
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import loops
from .place import STORE

IMAGE = Path("/image")
GIB = 1 << 30
_LEAST_STEP, _LEFT = GIB // 4, 2 * GIB


def pool_file() -> Path:
    """The file that is the pool."""
    return IMAGE / "pool.img"


@contextmanager
def locked() -> Iterator[None]:
    """One at a time changes the pool; a killed one gives the lock back."""
    with (IMAGE / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def free(path: Path) -> int:
    """Bytes left where `path` is."""
    found = os.statvfs(path)
    return found.f_bavail * found.f_frsize


def total(path: Path) -> int:
    """Bytes that the file system at `path` has for data."""
    found = os.statvfs(path)
    return found.f_blocks * found.f_frsize


def spare() -> int:
    """Bytes that the pool may still take from the engine's disk, which keeps some for itself."""
    found = os.statvfs(IMAGE)
    kept = min(_LEFT, found.f_blocks * found.f_frsize // 10)
    return max(0, found.f_bavail * found.f_frsize - kept)


def headroom(size: int) -> int:
    """Bytes that are kept free in a pool of that size, for whoever writes next."""
    return min(GIB, size // 4)


def want(need: int) -> None:
    """Have room for `need` bytes more; OSError (ENOSPC) says what there is."""
    if pool_file().exists():
        grow(need)
    left = free(STORE)
    if left < need:
        raise OSError(errno.ENOSPC, f"it takes {told(need)}, and {told(left)} are free")


def grow(need: int) -> bool:
    """Make the pool larger where less than `need` and some headroom is free; says whether it did."""
    if free(STORE) - need >= headroom(pool_file().stat().st_size):
        return False
    with locked():
        number = loops.over(pool_file())
        if number is None:
            return False
        size = pool_file().stat().st_size
        # One that was killed here has left a file with more room than the file system knows of.
        filled = size - total(STORE) >= _LEAST_STEP
        if filled:
            _fill(number)
        less = need + headroom(size) - free(STORE)
        step = min(spare(), max(less, size // 2, _LEAST_STEP))
        if less <= 0 or step < min(less, _LEAST_STEP):
            return filled
        reserve(pool_file(), size + step // 4096 * 4096)
        _fill(number)
    return True


def _fill(number: int) -> None:
    """Have the file system take all that its file has."""
    loops.resize(number)
    # The program wants to see what is mounted, by the name that the engine mounted it by.
    name = mounted(STORE)
    if name is not None and (name.is_symlink() or not name.exists()):
        name.parent.mkdir(parents=True, exist_ok=True)
        name.unlink(missing_ok=True)  # the device may have had another number before
        name.symlink_to(loops.node(number))
    command(["xfs_growfs", "-d", str(STORE)])


def mounted(path: Path) -> Path | None:
    """The name of what is mounted at a path; None where nothing is, or it is no file."""
    found = None
    for line in Path("/proc/self/mounts").read_text().splitlines():
        name, place, *_ = line.split(" ")
        if place == str(path):
            found = Path(name) if name.startswith("/") else None
    return found


def reserve(file: Path, size: int) -> None:
    """Give a file all its blocks, up to `size` bytes."""
    command(["fallocate", "--length", str(size), str(file)])


def command(arguments: list[str]) -> None:
    """Run a program; OSError with what it said."""
    done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["no reason given"]
        code = errno.ENOSPC if "No space left" in said[0] else errno.EIO
        raise OSError(code, said[0])


def told(size: int) -> str:
    """A size for people."""
    return f"{size / GIB:.1f} GiB" if size >= GIB else f"{size >> 20} MiB"
