"""What there is in the store: directories, and how much room is left."""

import os
from typing import Any

from .place import LIVE, STATES, STORE, TRASH


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Names under states, live and trash with their age in seconds, and the room in bytes."""
    del arguments
    room = os.statvfs(STORE)
    return {
        "states": _names(STATES),
        "live": _names(LIVE),
        "trash": _names(TRASH),
        "free": room.f_bavail * room.f_frsize,
        "total": room.f_blocks * room.f_frsize,
    }


def _names(kind: str) -> dict[str, float]:
    import time

    now = time.time()
    try:
        with os.scandir(STORE / kind) as entries:
            return {
                entry.name: now - entry.stat(follow_symlinks=False).st_ctime for entry in entries
            }
    except FileNotFoundError:
        return {}
