"""Write a layer as a tar whose bytes depend on nothing but what it holds."""

import os
import stat
import tarfile
from typing import IO

from .layers import Layer, is_large
from .tree import Entry, entry_of

OFFSET, SIZE = "PARITY.offset", "PARITY.size"
"""Of a piece: where it belongs; of a large file and its pieces: how long the whole is."""
XATTR = "SCHILY.xattr."
_BUFFER = 1 << 20


def write(root: str, layer: Layer, target: IO[bytes]) -> None:
    """Write the tar. Raises ValueError where the tree is not the one that was cut."""
    top = os.fsencode(root)
    if layer.piece:
        _piece(top, layer, target)
    for path in layer.paths:
        entry = entry_of(top, os.fsencode(path))
        if entry is None:
            raise ValueError(f"{path} has gone from the state")
        _one(top, entry, target)
    for name, first in layer.links:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = tarfile.LNKTYPE, first
        target.write(_header(info))
    target.write(bytes(2 * tarfile.BLOCKSIZE))


def _header(info: tarfile.TarInfo) -> bytes:
    return info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _one(top: bytes, entry: Entry, target: IO[bytes]) -> None:
    info = tarfile.TarInfo(os.fsdecode(entry.path) or ".")
    info.mode, info.uid, info.gid = stat.S_IMODE(entry.mode), entry.uid, entry.gid
    seconds, rest = divmod(entry.mtime, 10**9)
    info.mtime = max(0, seconds)
    further: dict[str, str] = {}
    if rest or seconds < 0:
        further["mtime"] = _time(entry.mtime)
    for name, value in entry.attributes:
        further[XATTR + name] = value.decode("utf-8", "surrogateescape")
    if entry.folder:
        info.type = tarfile.DIRTYPE
    elif stat.S_ISLNK(entry.mode):
        info.type, info.linkname = tarfile.SYMTYPE, os.fsdecode(entry.target)
    elif stat.S_ISFIFO(entry.mode):
        info.type = tarfile.FIFOTYPE
    elif is_large(entry):
        further[SIZE] = str(entry.size)
    else:
        info.size = entry.size
    info.pax_headers = further
    target.write(_header(info))
    if info.size:
        _content(top, entry.path, 0, info.size, target)


def _time(ns: int) -> str:
    sign = "-" if ns < 0 else ""
    seconds, rest = divmod(abs(ns), 10**9)
    return f"{sign}{seconds}.{rest:09}"


def _piece(top: bytes, layer: Layer, target: IO[bytes]) -> None:
    path = os.fsencode(layer.piece)
    entry = entry_of(top, path)
    if entry is None:
        raise ValueError(f"{layer.piece} has gone from the state")
    info = tarfile.TarInfo(layer.piece)
    info.size, info.mode = layer.length, 0o600
    info.pax_headers = {OFFSET: str(layer.offset), SIZE: str(entry.size)}
    target.write(_header(info))
    _content(top, path, layer.offset, layer.length, target)


def _content(top: bytes, path: bytes, offset: int, length: int, target: IO[bytes]) -> None:
    handle = os.open(os.path.join(top, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with open(handle, "rb", buffering=0) as file:
        file.seek(offset)
        left = length
        while left:
            data = file.read(min(_BUFFER, left))
            if not data:
                raise ValueError(f"{os.fsdecode(path)} is shorter than when it was sealed")
            target.write(data)
            left -= len(data)
    target.write(bytes(-length % tarfile.BLOCKSIZE))
