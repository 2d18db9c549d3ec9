"""Write the entries of a foreign tar below one folder, and nowhere else.

Nothing is followed: each folder on the way is opened by its parent and must be a folder. Names are
made anew, never overwritten. Devices are refused, and so is more than was announced.
"""

import contextlib
import os
import stat
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import IO, TypeVar

from .archive import OFFSET, SIZE, XATTR
from .tree import wanted

_BUFFER = 1 << 20
_HOLE = 64 << 10
_ZEROS = bytes(_HOLE)
_Made = TypeVar("_Made")
_MOST_FOLDERS = 5_000_000
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class HostileError(ValueError):
    """What no state of ours holds."""


@dataclass
class Extractor:
    """Takes layers one after the other; `finish` gives folders and large files their times."""

    root: str
    files: int
    """How many there may be at most, and how many bytes."""
    room: int
    _late: list[tuple[bytes, tarfile.TarInfo]] = field(default_factory=list)
    _large: dict[bytes, int] = field(default_factory=dict)
    _folders: int = 0
    _open: tuple[bytes, int] = (b"", -1)

    def layer(self, source: IO[bytes]) -> None:
        """Write what a tar holds; HostileError, or ValueError for one that is damaged."""
        try:
            with tarfile.open(
                fileobj=source, mode="r|", encoding="utf-8", errors="surrogateescape"
            ) as archive:
                for info in archive:
                    self._entry(info, archive)
                    archive.members = []  # type: ignore[attr-defined]
        except (tarfile.TarError, UnicodeError) as error:
            raise ValueError(f"not a whole tar: {error}") from error

    def finish(self) -> None:
        """Last things: what later entries would have changed."""
        for path, info in reversed(self._late):
            with self._opened(path, _FOLDER if info.isdir() else os.O_RDONLY) as handle:
                _dress(handle, info)
        self.close()

    def close(self) -> None:
        """Let go of the folder that is open."""
        if self._open[1] >= 0:
            os.close(self._open[1])
        self._open = (b"", -1)

    def _entry(self, info: tarfile.TarInfo, archive: tarfile.TarFile) -> None:
        path = _path(info.name)
        if not path and not info.isdir():
            raise HostileError("its top is no folder")
        if info.isdir():
            self._folder(path, info)
        elif OFFSET in info.pax_headers:
            self._piece(path, info, archive)
        else:
            self.files -= 1
            if self.files < 0:
                raise HostileError("more files than it announces")
            self._file(path, info, archive)

    def _folder(self, path: bytes, info: tarfile.TarInfo) -> None:
        self._folders += 1
        if self._folders > _MOST_FOLDERS:
            raise HostileError("too many folders")
        if path:
            parent, name = self._parent(path)
            _once(path, lambda: os.mkdir(name, 0o700, dir_fd=parent))
        self._late.append((path, info))

    def _file(self, path: bytes, info: tarfile.TarInfo, archive: tarfile.TarFile) -> None:
        parent, name = self._parent(path)
        if info.issym():
            target = os.fsencode(info.linkname)
            _once(path, lambda: os.symlink(target, name, dir_fd=parent))
            _dress_link(parent, name, info)
        elif info.islnk():
            self._link(path, parent, name, info)
        elif info.isfifo():
            _once(path, lambda: os.mkfifo(name, 0o600, dir_fd=parent))
            os.chown(name, info.uid, info.gid, dir_fd=parent, follow_symlinks=False)
            os.chmod(name, _mode(info), dir_fd=parent)
            os.utime(name, ns=_times(info), dir_fd=parent, follow_symlinks=False)
        elif info.type in (tarfile.REGTYPE, tarfile.AREGTYPE):
            self._regular(path, parent, name, info, archive)
        else:
            raise HostileError(f"{info.name} is a device or something else that no state holds")

    def _regular(
        self,
        path: bytes,
        parent: int,
        name: bytes,
        info: tarfile.TarInfo,
        archive: tarfile.TarFile,
    ) -> None:
        large = _number(info, SIZE)
        self._claim(info.size + large)
        handle = _once(path, lambda: os.open(name, _NEW, 0o600, dir_fd=parent))
        try:
            if large:
                os.ftruncate(handle, large)
                self._large[path] = large
                self._late.append((path, info))
                return
            _copy(archive.extractfile(info), handle, 0, info.size)
            os.ftruncate(handle, info.size)
            _dress(handle, info)
        finally:
            os.close(handle)

    def _piece(self, path: bytes, info: tarfile.TarInfo, archive: tarfile.TarFile) -> None:
        offset = _number(info, OFFSET)
        if path not in self._large or offset + info.size > self._large[path]:
            raise HostileError(f"a piece of {info.name} that belongs nowhere")
        with self._opened(path, os.O_WRONLY) as handle:
            _copy(archive.extractfile(info), handle, offset, info.size)

    def _link(self, path: bytes, parent: int, name: bytes, info: tarfile.TarInfo) -> None:
        old_parent, old = self._parent(_path(info.linkname), keep=False)
        try:
            if not stat.S_ISDIR(os.lstat(old, dir_fd=old_parent).st_mode):
                _once(
                    path,
                    lambda: os.link(
                        old, name, src_dir_fd=old_parent, dst_dir_fd=parent, follow_symlinks=False
                    ),
                )
        except FileNotFoundError as error:
            raise HostileError(f"{info.name} is a link to what is not there") from error
        finally:
            os.close(old_parent)

    def _claim(self, size: int) -> None:
        self.room -= size
        if self.room < 0:
            raise HostileError("more bytes than it announces")

    def _parent(self, path: bytes, *, keep: bool = True) -> tuple[int, bytes]:
        """The folder of a path, open, and the name in it."""
        folder, _, name = path.rpartition(b"/")
        if keep and self._open[1] >= 0 and self._open[0] == folder:
            return self._open[1], name
        handle = os.open(self.root, _FOLDER)
        for part in folder.split(b"/") if folder else ():
            try:
                below = os.open(part, _FOLDER, dir_fd=handle)
            except OSError as error:
                os.close(handle)
                raise HostileError(f"{os.fsdecode(path)} lies in no folder of its own") from error
            os.close(handle)
            handle = below
        if keep:
            self.close()
            self._open = (folder, handle)
        return handle, name

    @contextlib.contextmanager
    def _opened(self, path: bytes, flags: int) -> Iterator[int]:
        if path:
            parent, name = self._parent(path)
            handle = os.open(name, flags | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
        else:
            handle = os.open(self.root, _FOLDER)
        try:
            yield handle
        finally:
            os.close(handle)


def _path(name: str) -> bytes:
    """A name of the tar below the root; HostileError for one that leads elsewhere."""
    if name in (".", "./"):
        return b""
    path = os.fsencode(name.removeprefix("./").rstrip("/"))
    parts = path.split(b"/")
    if not path or path.startswith(b"/") or {b"", b".", b".."} & set(parts) or b"\0" in path:
        raise HostileError(f"{name!r} leads out of the volume")
    return path


def _once(path: bytes, make: Callable[[], _Made]) -> _Made:
    try:
        return make()
    except FileExistsError as error:
        raise HostileError(f"{os.fsdecode(path)} comes twice") from error


def _number(info: tarfile.TarInfo, name: str) -> int:
    text = info.pax_headers.get(name, "0")
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise HostileError(f"{info.name}: {name} is no number")
    return int(text)


def _copy(source: IO[bytes] | None, handle: int, offset: int, size: int) -> None:
    """Write content; what is all zeros stays a hole."""
    assert source is not None
    end = offset + size
    while offset < end:
        data = source.read(min(_BUFFER, end - offset))
        if not data:
            raise ValueError("not a whole tar: a file ends early")
        for at in range(0, len(data), _HOLE):
            part = data[at : at + _HOLE]
            if part != _ZEROS:
                _write_all(handle, memoryview(part), offset + at)
        offset += len(data)


def _write_all(handle: int, data: memoryview, offset: int) -> None:
    while data:
        written = os.pwrite(handle, data, offset)
        data, offset = data[written:], offset + written


def _mode(info: tarfile.TarInfo) -> int:
    return info.mode & 0o7777


def _times(info: tarfile.TarInfo) -> tuple[int, int]:
    text = info.pax_headers.get("mtime", "")
    if text:
        negative = text.startswith("-")
        whole, _, rest = text.lstrip("-").partition(".")
        if not (whole + rest).isdigit() or not (whole + rest).isascii():
            raise HostileError(f"{info.name}: its time is no number")
        ns = int(whole) * 10**9 + int(f"{rest:0<9}"[:9])
        ns = -ns if negative else ns
    else:
        ns = int(info.mtime) * 10**9
    return ns, ns


def _dress(handle: int, info: tarfile.TarInfo) -> None:
    """Owner, mode, attributes, time; in this order, since each may undo what comes after it."""
    os.fchown(handle, info.uid, info.gid)
    os.fchmod(handle, _mode(info))
    for key, value in info.pax_headers.items():
        if key.startswith(XATTR) and wanted(key.removeprefix(XATTR)):
            data = value.encode("utf-8", "surrogateescape")
            os.setxattr(handle, key.removeprefix(XATTR), data)
    os.utime(handle, ns=_times(info))


def _dress_link(parent: int, name: bytes, info: tarfile.TarInfo) -> None:
    os.chown(name, info.uid, info.gid, dir_fd=parent, follow_symlinks=False)
    os.utime(name, ns=_times(info), dir_fd=parent, follow_symlinks=False)
