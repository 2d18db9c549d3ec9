"""All of an image's file system, gone through once: files of which only the form of their names is known.

The engine's export of a container that never started is read header by header; nothing is written, and
what is in an image is nobody's promise: bytes, time, entries, matches and what is kept are bounded.
"""

import posixpath
import re
import tarfile
import time
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import IO, Any

from parity.engine.client import translated
from parity.errors import ParityError
from parity.probes.contract import File, Files, Wants

MOST_BYTES = 8 << 30
MOST_ENTRIES = 2_000_000
MOST_SECONDS = 60.0
MOST_MATCHES = 5000
"""Of one pattern."""
MOST_KEPT = 128 << 20
"""Bytes of all files together."""
_CONTENT, _END, _HEAD = 256 << 10, 1 << 20, 64
_MARKED = 1 << 20
"""Bytes that are kept after a mark."""
_CHUNK = 1 << 20
_MARK_STEP = 16
_LONGEST_PATH = 4096
_EXECUTABLE = 0o111
_ELF = b"\x7fELF"


class _Enough(Exception):  # noqa: N818 - no error
    """A bound was reached: the text says which."""


def walk(api: Any, container: str, wants: Wants) -> Files:
    """What matches the patterns. What was cut is told in `cut`."""
    found = _Found(wants)
    if not (found.patterns or wants.marks):
        return found.files
    try:
        with translated():
            url = api._url("/containers/{0}/export", container)  # noqa: SLF001 - the SDK's own reads no header
            answer = api._get(url, stream=True)  # noqa: SLF001
            api._raise_for_status(answer)  # noqa: SLF001
        with answer:
            _go(answer.iter_content(_CHUNK), found)
    except _Enough as reached:
        found.cut[""] = str(reached)
    except ParityError as error:
        found.cut[""] = f"the engine gave no export: {error}"
    except (tarfile.TarError, EOFError, OSError, ValueError):
        found.cut[""] = "the engine's export broke off"
    found.files.cut = found.cut
    return found.files


def _go(chunks: Iterable[bytes], found: "_Found") -> None:
    stream = _Stream(chunks)
    with tarfile.open(fileobj=stream, mode="r|", bufsize=_CHUNK) as archive:  # type: ignore[call-overload]
        for number, entry in enumerate(archive):
            if number >= MOST_ENTRIES:
                raise _Enough(f"more than {MOST_ENTRIES} files")
            stream.check()
            archive.members = []  # it keeps them all
            found.add(archive, entry)


class _Stream:
    """An answer's bytes as a file that ends with _Enough where a bound is reached."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._read = 0
        self._until = time.monotonic() + MOST_SECONDS

    def read(self, _: int = -1) -> bytes:
        """The next bytes, however many."""
        data = next(self._chunks, b"")
        self._read += len(data)
        self.check()
        return data

    def check(self) -> None:
        """Raise _Enough where it is."""
        if self._read > MOST_BYTES:
            raise _Enough(f"it has more than {MOST_BYTES >> 30} GiB")
        if time.monotonic() > self._until:
            raise _Enough(f"it could not be gone through in {MOST_SECONDS:g} s")


class _Found:
    """The files that match, with no more of them than is wanted."""

    def __init__(self, wants: Wants) -> None:
        self.files = Files()
        self.cut: dict[str, str] = {}
        every = (*wants.walk, *wants.names, *(p for p, _ in (*wants.ends, *wants.odd)))
        self.patterns = tuple(dict.fromkeys(every))
        self._content, self._names = _any(wants.walk), _any(wants.names)
        self._ends, self._makes = _any([pattern for pattern, _ in wants.ends]), wants.ends
        self._odd, self._tests = _any([pattern for pattern, _ in wants.odd]), wants.odd
        self._marks = wants.marks
        self._counts = dict.fromkeys(self.patterns, 0)
        self._kept = 0

    def add(self, archive: tarfile.TarFile, entry: tarfile.TarInfo) -> None:
        """Look at one entry of the archive, which is read as far as it is wanted."""
        path = "/" + entry.name.strip("/")
        if len(path) > _LONGEST_PATH or ".." in path.split("/"):
            return
        content, end = bool(self._content(path)), bool(self._ends(path))
        named, odd = bool(self._names(path)), bool(self._odd(path))
        marked = bool(self._marks) and entry.isreg() and bool(entry.mode & _EXECUTABLE)
        if not (content or end or named or odd or marked):
            return
        head, rest = b"", b""
        marks: dict[bytes, bytes] = {}
        source = archive.extractfile(entry) if entry.isreg() else None
        if source is not None:
            head = source.read(_CONTENT if content else _HEAD)
            if marked and head.startswith(_ELF):
                marks = _after(source, self._marks, head)
            elif end:
                rest = self._made(path, _last(source, head))
        file = self._file(path, entry, rest if end and not content else head, marks)
        if content or end or named or marks or self._is_odd(path, file):
            self._keep(path, file)

    def _file(
        self, path: str, entry: tarfile.TarInfo, data: bytes, marks: dict[bytes, bytes]
    ) -> File:
        target = ""
        if entry.issym():
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.linkname))
        elif entry.islnk():
            target = posixpath.normpath(posixpath.join("/", entry.linkname))
            data = self.files[target].data if target in self.files else b""
        return File(
            entry.mode & 0o7777,
            entry.size,
            target,
            entry.isdir(),
            data,
            partial=len(data) < entry.size,
            owner=entry.uid,
            group=entry.gid,
            marks=marks,
        )

    def _made(self, path: str, end: bytes) -> bytes:
        return next(make(end) for pattern, make in self._makes if _pattern(pattern).match(path))

    def _is_odd(self, path: str, file: File) -> bool:
        return any(
            _pattern(pattern).match(path) and says(path, file) for pattern, says in self._tests
        )

    def _keep(self, path: str, file: File) -> None:
        for pattern in [each for each in self.patterns if _pattern(each).match(path)]:
            self._counts[pattern] += 1
            if self._counts[pattern] > MOST_MATCHES:
                self.cut[pattern] = f"more than {MOST_MATCHES} files"
                return
        self._kept += len(file.data) + sum(map(len, file.marks.values()))
        if self._kept > MOST_KEPT:
            raise _Enough(f"more than {MOST_KEPT >> 20} MiB of it are of interest")
        self.files[path] = file


def _last(source: IO[bytes], head: bytes) -> bytes:
    """The end of what is left of a file."""
    last = head
    while chunk := source.read(_CHUNK):
        last = (last + chunk)[-_END:]
    return last


def _after(source: IO[bytes], marks: Iterable[bytes], head: bytes) -> dict[bytes, bytes]:
    """What stands after the first of each mark, in all that is left of a file."""
    found: dict[bytes, bytes] = {}
    before, at = head, 0  # `at` is where `before` stands in the file
    longest = max(map(len, marks))
    while chunk := source.read(_CHUNK):
        text = before + chunk
        for mark in marks:
            place = next((p for p in _places(text, mark) if (at + p) % _MARK_STEP == 0), -1)
            if mark not in found and place >= 0:
                text += source.read(_MARKED)
                found[mark] = text[place + len(mark) : place + len(mark) + _MARKED]
        at, before = at + len(text) - longest, text[-longest:]
    return found


def _places(text: bytes, mark: bytes) -> Iterator[int]:
    place = text.find(mark)
    while place >= 0:
        yield place
        place = text.find(mark, place + 1)


def _any(patterns: Iterable[str]) -> Any:
    """Whether a path fits one of these."""
    wanted = list(patterns)
    if not wanted:
        return lambda _: None
    return re.compile("|".join(f"(?:{_expression(each)})" for each in wanted)).match


@lru_cache(maxsize=256)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(_expression(text))


def _expression(pattern: str) -> str:
    """A pattern as a regular expression."""
    words = {"**/": r"(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    parts = re.split(r"(\*\*/|\*\*|\*|\?)", pattern)
    return "".join(words.get(part, re.escape(part)) for part in parts) + r"\Z"
