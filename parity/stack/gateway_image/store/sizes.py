"""What directories take on the disk, and what of that is shared with other files."""

import fcntl
import os
import struct
from pathlib import Path
from typing import Any

from .place import inside

_FIEMAP = 0xC020660B
_HEADER, _EXTENT = struct.Struct("=QQLLLL"), struct.Struct("=QQQQQLLLL")
_EXTENTS = 256
_LAST, _SHARED = 0x1, 0x2000
_BLOCK = 512


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`paths` of the store -> `disk` and `own` bytes: all blocks, and those that no other file has.

    A path that is not there is left out.
    """
    return {path: _tree(inside(path)) for path in arguments["paths"] if inside(path).is_dir()}


def _tree(top: Path) -> dict[str, int]:
    disk = shared = 0
    seen = set()
    for folder, folders, files in os.walk(top):
        for name in [*folders, *files]:
            file = Path(folder) / name
            try:
                found = file.lstat()
                if (found.st_dev, found.st_ino) in seen:
                    continue
                seen.add((found.st_dev, found.st_ino))
                disk += found.st_blocks * _BLOCK
                if file.is_file() and not file.is_symlink() and found.st_blocks:
                    shared += min(_shared(file), found.st_blocks * _BLOCK)
            except FileNotFoundError:
                continue
    return {"disk": disk, "own": disk - shared}


def _shared(file: Path) -> int:
    """Bytes of a file in extents that other files have as well; 0 where that cannot be asked."""
    total, start = 0, 0
    with file.open("rb") as opened:
        while True:
            buffer = bytearray(
                _HEADER.pack(start, (1 << 64) - 1 - start, 0, 0, _EXTENTS, 0)
                + bytes(_EXTENT.size * _EXTENTS)
            )
            try:
                fcntl.ioctl(opened, _FIEMAP, buffer)
            except OSError:
                return 0
            count = _HEADER.unpack_from(buffer)[3]
            flags = _LAST
            for number in range(count):
                logical, _, length, _, _, flags, *_ = _EXTENT.unpack_from(
                    buffer, _HEADER.size + number * _EXTENT.size
                )
                total += length if flags & _SHARED else 0
                start = logical + length
            if flags & _LAST:
                return total
