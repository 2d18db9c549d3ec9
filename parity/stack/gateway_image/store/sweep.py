"""Remove what is nobody's, and all that lies aside, at a moment when no other agent works."""

import fcntl
import os
import shutil
import uuid
from pathlib import Path
from typing import Any

from .place import STORE, TRASH, forget, inside, quiet, working

_GONE = "gone-"


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Remove `places`; answers the bytes that were freed, and whether others were at work.

    An agent goes on when its client was killed, and may still be making what is to be removed: while
    one works nothing is touched.
    """
    if not quiet(float(arguments.get("patience", 0))):
        return {"freed": 0, "busy": True}
    gone = _set_apart([inside(name) for name in arguments.get("places", ())])
    fcntl.flock(working(STORE), fcntl.LOCK_UN)
    size, before = sum(_size(one) for one in gone), _free()
    for one in gone:
        if one.is_dir() and not one.is_symlink():
            shutil.rmtree(one, ignore_errors=True)
        else:
            one.unlink(missing_ok=True)
    # Blocks that are shared with other files stay: the disk knows what came free.
    return {"freed": max(0, min(size, _free() - before)), "busy": False}


def _free() -> int:
    room = os.statvfs(STORE)
    return room.f_bfree * room.f_frsize


def _set_apart(places: list[Path]) -> list[Path]:
    """Out of everybody's way at once; removing it takes its time."""
    trash = STORE / TRASH
    trash.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = list(trash.iterdir())
    for place in places:
        if place.exists():
            gone = trash / f"{_GONE}{uuid.uuid4().hex[:12]}"
            place.rename(gone)
            found.append(gone)
        forget(place)
    return found


def _size(top: Path) -> int:
    """Bytes that its files have on the disk; a file with other names elsewhere frees nothing."""
    total = 0
    for folder, _, files in os.walk(top):
        for name in files:
            try:
                found = (Path(folder) / name).lstat()
            except FileNotFoundError:
                continue
            total += found.st_blocks * 512 if found.st_nlink == 1 else 0
    return total
