"""The digest of a tree of files: what it holds, and a quick one of names, sizes and times.

Both are independent of the file system: sizes of folders, inode numbers and the order in which
names are listed do not count. Sockets do not either: they live only as long as who made them.
"""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

CHUNK = 1 << 20

Known = Mapping[bytes, tuple[int, int, str]]
"""Path below the root -> size, time of last change in ns, sha256 of the content."""


@dataclass(frozen=True)
class Entry:
    """One path of a tree, relative to its root; the root itself is the empty path."""

    path: bytes
    mode: int
    """Type and permissions, as stat has them."""
    uid: int
    gid: int
    size: int
    """Of a regular file; else 0."""
    mtime: int
    """In ns."""
    inode: tuple[int, int]
    links: int
    device: int = 0
    target: bytes = b""
    """What a symbolic link says."""
    attributes: tuple[tuple[str, bytes], ...] = ()

    @property
    def regular(self) -> bool:
        """Whether it has content."""
        return stat.S_ISREG(self.mode)

    @property
    def folder(self) -> bool:
        """Whether it holds others."""
        return stat.S_ISDIR(self.mode)


@dataclass(frozen=True)
class Tree:
    """What a tree holds: files that are not folders, their bytes (a hard link counts once)."""

    files: int
    bytes: int
    digest: str
    quick: str
    known: Known = field(default_factory=dict, repr=False)
    """The contents' hashes, by which the next tree is quicker."""


def tree(root: str, known: Known | None = None) -> Tree:
    """Hash a tree, several files at a time.

    `known` spares reading a file whose size and time are those of a known one. Who uses it has
    synced the file system before that time was taken: what a process writes through a mapping
    changes the time only when the page was clean.
    """
    entries = list(walk(root))
    hashes = _contents(root, entries, known or {})
    there = [entry for entry in entries if not entry.regular or entry.path in hashes]
    whole, quick = hashlib.sha256(), hashlib.sha256()
    for entry in there:
        whole.update(_line(entry, hashes.get(entry.path, "")))
        quick.update(_quick_line(entry))
    files = [entry for entry in there if not entry.folder]
    return Tree(
        files=len(files),
        bytes=sum({entry.inode: entry.size for entry in files}.values()),
        digest=f"sha256:{whole.hexdigest()}",
        quick=f"sha256:{quick.hexdigest()}",
        known={
            entry.path: (entry.size, entry.mtime, hashes[entry.path])
            for entry in there
            if entry.regular
        },
    )


def quick(root: str) -> str:
    """The quick digest alone: nothing is opened."""
    digest = hashlib.sha256()
    for entry in walk(root, attributes=False):
        digest.update(_quick_line(entry))
    return f"sha256:{digest.hexdigest()}"


def walk(root: str, *, attributes: bool = True) -> Iterator[Entry]:
    """All entries, sorted by path; what vanishes meanwhile was never there."""
    top = os.fsencode(root)
    found = [entry_of(top, b"", attributes=attributes)]
    folders = [b""]
    while folders:
        folder = folders.pop()
        for name in _names(top, folder):
            path = folder + b"/" + name if folder else name
            entry = entry_of(top, path, attributes=attributes)
            if entry is None or stat.S_ISSOCK(entry.mode):
                continue
            found.append(entry)
            if entry.folder:
                folders.append(path)
    there = [entry for entry in found if entry is not None]
    there.sort(key=lambda entry: entry.path)
    return iter(there)


def _names(top: bytes, folder: bytes) -> list[bytes]:
    try:
        return os.listdir(os.path.join(top, folder))
    except FileNotFoundError:
        return []


def entry_of(top: bytes, path: bytes, *, attributes: bool = True) -> Entry | None:
    """What is at a path below `top`; None where nothing is."""
    full = os.path.join(top, path)
    try:
        found = os.lstat(full)
        link = stat.S_ISLNK(found.st_mode)
        target = os.readlink(full) if link else b""
        kept = _attributes(full) if attributes and not link else ()
    except FileNotFoundError:
        if not path:
            raise
        return None
    regular = stat.S_ISREG(found.st_mode)
    special = stat.S_ISCHR(found.st_mode) or stat.S_ISBLK(found.st_mode)
    return Entry(
        path=path,
        mode=found.st_mode,
        uid=found.st_uid,
        gid=found.st_gid,
        size=found.st_size if regular else 0,
        mtime=found.st_mtime_ns,
        inode=(found.st_dev, found.st_ino),
        links=found.st_nlink,
        device=found.st_rdev if special else 0,
        target=target,
        attributes=kept,
    )


def wanted(name: str) -> bool:
    """Whether an extended attribute belongs to the data; what the kernel keeps there does not."""
    if name.startswith("user."):
        return not name.startswith("user.overlay.")
    return name == "security.capability" or name.startswith("system.posix_acl_")


def _attributes(full: bytes) -> tuple[tuple[str, bytes], ...]:
    try:
        names = sorted(name for name in os.listxattr(full) if wanted(name))
        return tuple((name, os.getxattr(full, name)) for name in names)
    except FileNotFoundError:
        raise
    except OSError:
        return ()  # a file system that has none


def _contents(root: str, entries: list[Entry], known: Known) -> dict[bytes, str]:
    top = os.fsencode(root)
    hashes: dict[bytes, str] = {}
    first: dict[tuple[int, int], Entry] = {}
    again: list[Entry] = []
    for entry in entries:
        if not entry.regular:
            continue
        size, mtime, content = known.get(entry.path, (-1, -1, ""))
        if (size, mtime) == (entry.size, entry.mtime):
            hashes[entry.path] = content
        elif entry.inode in first:
            again.append(entry)
        else:
            first[entry.inode] = entry
    # Long files first: the last thread is not left alone with the longest.
    work = sorted(first.values(), key=lambda entry: -entry.size)
    with ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        for entry, content_hash in zip(
            work, pool.map(lambda entry: _content(top, entry.path, entry.size), work), strict=True
        ):
            if content_hash:
                hashes[entry.path] = content_hash
    for entry in again:
        if first[entry.inode].path in hashes:
            hashes[entry.path] = hashes[first[entry.inode].path]
    return hashes


def _content(top: bytes, path: bytes, size: int) -> str:
    """Hash of a file's content; empty if the file has vanished."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(max(1, min(CHUNK, size))))
    try:
        handle = os.open(os.path.join(top, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    with open(handle, "rb", buffering=0) as file:
        while read := file.readinto(buffer):
            digest.update(buffer[:read])
    return digest.hexdigest()


def _line(entry: Entry, content: str) -> bytes:
    fields = [
        entry.path,
        b"%o" % entry.mode,
        b"%d" % entry.uid,
        b"%d" % entry.gid,
        entry.target,
        b"%d" % entry.size,
        content.encode(),
        b"%d" % entry.device,
    ]
    for name, value in entry.attributes:
        fields += [name.encode(), value.hex().encode()]
    return b"\0".join(fields) + b"\0\n"


def _quick_line(entry: Entry) -> bytes:
    # A folder's time is left out: an overlay's own top folder has another one, and what was made
    # or removed in a folder shows by its name.
    mtime = 0 if entry.folder else entry.mtime
    numbers = (entry.mode, entry.uid, entry.gid, entry.size, mtime)
    return b"\0".join([entry.path, *(b"%d" % number for number in numbers)]) + b"\0\n"


def write_index(path: str, trees: Mapping[int, Known]) -> None:
    """Keep the contents' hashes of a state's volumes: JSON lines, written aside and renamed."""
    aside = f"{path}.new"
    with open(aside, "w", encoding="ascii") as file:
        for number, one in trees.items():
            for name, (size, mtime, content) in one.items():
                row = [number, os.fsdecode(name), size, mtime, content]
                file.write(json.dumps(row, separators=(",", ":")) + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.rename(aside, path)


def read_index(path: str) -> dict[int, dict[bytes, tuple[int, int, str]]]:
    """What write_index kept, by volume; nothing for an index that is gone or damaged."""
    found: dict[int, dict[bytes, tuple[int, int, str]]] = {}
    try:
        with open(path, encoding="ascii") as file:
            for line in file:
                number, name, size, mtime, content = json.loads(line)
                found.setdefault(number, {})[os.fsencode(name)] = (size, mtime, content)
    except (OSError, ValueError):
        return {}
    return found
