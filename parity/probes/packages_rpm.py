"""rpm's database, where it is SQLite: names and versions of packages. Read in memory, never as a program.

Source: rpm's documentation, package format, header structure; lib/rpmtag.h for the tags; SQLite file format.
"""

import sqlite3
from collections.abc import Iterator

_MAGIC = b"SQLite format 3\0"
_MODES = slice(18, 20)
"""Where the file says that a log is kept beside it: one in memory has none."""
_STEPS, _MOST_STEPS = 10_000, 2_000
"""The database is asked to go on after so many instructions, so many times."""
_LONGEST = 16 << 20
_ENTRY, _MOST_ENTRIES = 16, 4096
_TAGS = {1000: "name", 1001: "version", 1002: "release", 1003: "epoch"}
_NUMBER, _TEXT = 4, 6
_TEXT_END = 256


def packages(data: bytes) -> list[tuple[str, str]] | None:
    """Name and version of all; None where it is no database that can be read."""
    if not data.startswith(_MAGIC):
        return None
    try:
        return [told for blob in _blobs(data) if (told := _package(blob))]
    except sqlite3.Error:
        return None


def _blobs(data: bytes) -> Iterator[bytes]:
    image = bytearray(data)
    image[_MODES] = b"\x01\x01"
    steps = iter(range(_MOST_STEPS))
    connection = sqlite3.connect(":memory:")
    try:
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST)
        connection.deserialize(bytes(image))
        connection.set_progress_handler(lambda: next(steps, None) is None, _STEPS)
        connection.execute("PRAGMA trusted_schema = OFF")
        rows = connection.execute("SELECT blob FROM Packages")
        yield from (row[0] for row in rows if isinstance(row[0], bytes))
    finally:
        connection.close()


def _package(blob: bytes) -> tuple[str, str] | None:
    """An entry of the header is tag, type, offset, count; the values follow all entries."""
    count = min(int.from_bytes(blob[:4], "big"), _MOST_ENTRIES)
    start = 8 + int.from_bytes(blob[:4], "big") * _ENTRY
    found: dict[str, str] = {}
    for index in range(count):
        entry = blob[8 + index * _ENTRY : 8 + (index + 1) * _ENTRY]
        tag, kind, offset = (int.from_bytes(entry[n : n + 4], "big") for n in (0, 4, 8))
        if tag in _TAGS:
            value = blob[start + offset : start + offset + _TEXT_END]
            if kind == _TEXT:
                found[_TAGS[tag]] = value.partition(b"\0")[0].decode(errors="replace")
            elif kind == _NUMBER:
                found[_TAGS[tag]] = str(int.from_bytes(value[:4], "big"))
    if not (found.get("name") and found.get("version")):
        return None
    epoch = f"{found['epoch']}:" if found.get("epoch", "0") != "0" else ""
    release = f"-{found['release']}" if found.get("release") else ""
    return found["name"], f"{epoch}{found['version']}{release}"
