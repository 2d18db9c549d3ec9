"""The keeper of a pool: holds it mounted, and makes it larger before it is full.

Run as the container's own program. Exit code 3: what is mounted is not the pool of this image.
"""

import contextlib
import os
import sys
import time

from . import loops, room
from .place import STORE

FOREIGN = 3
_SECONDS = 0.5


def ours() -> bool:
    """Whether the store's file system is the one in our file: loop numbers may change hands."""
    device = STORE.stat().st_dev
    if os.major(device) != loops.MAJOR:
        return False
    found = room.pool_file().stat()
    return loops.backing(os.minor(device)) == (found.st_dev, found.st_ino)


def watch() -> None:
    """Look twice a second how full the pool is."""
    while True:
        with contextlib.suppress(OSError):
            # No room below is no news: who writes is told by the file system.
            room.grow(0)
        time.sleep(_SECONDS)


def main() -> int:
    """Check, then watch."""
    if not ours():
        return FOREIGN
    watch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
