"""The pool: a file system of our own in a file, for engines whose disk cannot share blocks.

Works in a container with the file's volume at /image, CAP_SYS_ADMIN and the right to loop devices.
"""

import errno
import os
from pathlib import Path
from typing import Any

from . import loops, room
from .keep import ours

_LEAST, _FIRST = room.GIB // 2, 4 * room.GIB


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`do`: `attach` (makes the pool if there is none), `detach`, or `ours` (is it what is mounted?).

    `node` makes a device file beside the pool's, where the engine does not see /dev/loopN.
    """
    if arguments["do"] == "ours":
        return {"ours": ours()}
    with room.locked():
        if arguments["do"] == "detach":
            return _detach()
        _half_made().unlink(missing_ok=True)
        made = not room.pool_file().exists()
        if made:
            _make(arguments["need"])
        file = room.pool_file()
        # Holes that somebody's `fstrim` has made below are filled again.
        room.reserve(file, file.stat().st_size)
        number = loops.over(file)
        number = loops.attach(file) if number is None else number
        _name(number, as_node=arguments["node"])
        return {"number": number, "made": made, "size": file.stat().st_size}


def first_size(need: int, spare: int) -> int:
    """Bytes of a new pool for data of `need` bytes, where `spare` may be taken; ENOSPC says no."""
    size = min(max(_FIRST, 3 * need), spare) // 4096 * 4096
    if size < max(_LEAST, need + need // 4):
        least = room.told(max(_LEAST, need + need // 4))
        left = room.told(spare)
        raise OSError(errno.ENOSPC, f"a pool takes {least}, the engine's disk has {left} for it")
    return size


def _make(need: int) -> None:
    new = _half_made()
    try:
        room.reserve(new, first_size(need, room.spare()))
        # -K: mkfs would give the reserved blocks back.
        room.command(["mkfs.xfs", "-q", "-K", "-m", "reflink=1", "-L", "parity", str(new)])
        with new.open("rb") as file:
            os.fsync(file.fileno())
        new.rename(room.pool_file())
    finally:
        new.unlink(missing_ok=True)


def _half_made() -> Path:
    """The pool while it is made; one that is found was left by a kill, and takes room."""
    return room.pool_file().with_suffix(".new")


def _name(number: int, *, as_node: bool) -> None:
    """`/image/device`: what the engine mounts. The number may be another one after a restart."""
    aside, name = room.IMAGE / ".device", room.IMAGE / "device"
    aside.unlink(missing_ok=True)
    if as_node:
        os.mknod(aside, 0o60600, os.makedev(loops.MAJOR, number))
    else:
        aside.symlink_to(f"/dev/loop{number}")
    aside.rename(name)


def _detach() -> dict[str, Any]:
    number = loops.over(room.pool_file()) if room.pool_file().exists() else None
    if number is not None:
        loops.detach(number)
    return {"number": number}
