"""HTTP/1 messages as bytes: a head read and written back, and a body copied by its framing."""

import asyncio
import re
from dataclasses import dataclass

MAX_HEAD = 64 * 1024
CHUNK = 64 * 1024

_SIZE = re.compile(rb"[0-9A-Fa-f]{1,15}")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


class BadMessageError(ValueError):
    """What was read is no HTTP/1 message, or one whose end is not clear."""


@dataclass(frozen=True, slots=True)
class Head:
    """First line and header fields; names keep their case and order."""

    start: bytes
    fields: tuple[tuple[bytes, bytes], ...] = ()

    def get(self, name: bytes) -> bytes:
        """All values of a field, joined by commas; empty where there is none."""
        return b", ".join(value for key, value in self.fields if key.lower() == name)

    def having(self, *fields: tuple[bytes, bytes]) -> "Head":
        """With these fields instead of those of the same names; an empty value only removes."""
        gone = {key.lower() for key, _ in fields}
        kept = [field for field in self.fields if field[0].lower() not in gone]
        return Head(self.start, (*kept, *(field for field in fields if field[1])))

    def encode(self) -> bytes:
        """The head as it is sent."""
        lines = [self.start, *(key + b": " + value for key, value in self.fields)]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    def lists(self, name: bytes, word: bytes) -> bool:
        """Whether a field is a list that holds `word`."""
        return word in [part.strip().lower() for part in self.get(name).split(b",")]


async def read_head(reader: asyncio.StreamReader) -> Head | None:
    """The next head; None where the other side closed before one began. Raises BadMessageError."""
    try:
        block = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as error:
        if error.partial.strip():
            raise BadMessageError("the head ends early") from error
        return None
    except asyncio.LimitOverrunError as error:
        raise BadMessageError("the head is too long") from error
    start, *lines = block[:-4].lstrip(b"\r\n").split(b"\r\n")
    return Head(start, tuple(map(_field, lines)))


def _field(line: bytes) -> tuple[bytes, bytes]:
    key, colon, value = line.partition(b":")
    # A space before the colon, a folded line or a lone line feed would mean one thing here and
    # another to the next reader.
    if not colon or not _NAME.fullmatch(key) or b"\n" in value or b"\r" in value or b"\0" in value:
        raise BadMessageError(f"not a header field: {line[:60]!r}")
    return key, value.strip(b" \t")


def body_length(head: Head, *, response: bool) -> int | None:
    """Bytes of the body, -1 for chunks, None for all until the end. Raises BadMessageError."""
    coding = head.get(b"transfer-encoding").lower()
    if coding:
        if coding.split(b",")[-1].strip() == b"chunked":
            return -1
        if response:
            return None
        raise BadMessageError("a request's transfer coding must end in chunks")
    lengths = {part.strip() for part in head.get(b"content-length").split(b",")}
    if lengths == {b""}:
        return None if response else 0
    if len(lengths) != 1 or not next(iter(lengths)).isdigit():
        raise BadMessageError("the length of the body is not clear")
    return int(next(iter(lengths)))


async def copy_body(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, length: int | None
) -> None:
    """Copy a body piece by piece, as it comes. Raises BadMessageError where it ends early."""
    if length == -1:
        await _copy_chunks(reader, writer)
    elif length is None:
        while piece := await reader.read(CHUNK):
            await _write(writer, piece)
    else:
        await _copy(reader, writer, length)


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, length: int) -> None:
    while length:
        piece = await reader.read(min(CHUNK, length))
        if not piece:
            raise BadMessageError("the body ends early")
        length -= len(piece)
        await _write(writer, piece)


async def _copy_chunks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while True:
        line = await _line(reader)
        size = _SIZE.match(line)
        if size is None:
            raise BadMessageError("not a chunk")
        await _write(writer, line)
        if int(size[0], 16) == 0:
            break
        await _copy(reader, writer, int(size[0], 16) + 2)
    while True:  # trailers, up to the empty line
        line = await _line(reader)
        await _write(writer, line)
        if line == b"\r\n":
            return


async def _line(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.readuntil(b"\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise BadMessageError("the body ends early") from error


async def _write(writer: asyncio.StreamWriter, piece: bytes) -> None:
    writer.write(piece)
    await writer.drain()
