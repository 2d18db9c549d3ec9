"""One HTTP/1 request and its answer, between a client and a service that are both connected."""

import asyncio
import contextlib
from collections.abc import Callable

from .http1 import BadMessageError, Head, body_length, copy_body, read_head

HOP = ((b"Keep-Alive", b""), (b"Proxy-Connection", b""))
BROKEN = (OSError, BadMessageError, asyncio.IncompleteReadError)

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


def unchanged(head: Head) -> Head:
    """An answer's head as it is."""
    return head


async def exchange(
    client: Stream,
    backend: Stream,
    head: Head,
    length: int | None,
    *,
    stays: bool,
    back: Callable[[Head], Head] = unchanged,
) -> bool:
    """Pass one request and its answer on; whether the client's connection may go on."""
    backend[1].write(head.encode())
    upload = asyncio.ensure_future(_upload(client, backend, length))
    try:
        answer = await _final_head(client[1], backend[0])
        if answer.start.split(b" ")[1:2] == [b"101"]:
            await upload
            client[1].write(answer.encode())
            await _tunnel(client, backend)
            return False
        size = _answer_length(head, answer)
        keep = stays and size is not None and upload.done()
        kept = (b"Connection", b"keep-alive" if keep else b"close")
        client[1].write(back(answer).having(*HOP, kept).encode())
        await copy_body(backend[0], client[1], size)
        await client[1].drain()
        return keep
    finally:
        upload.cancel()
        with contextlib.suppress(*BROKEN, asyncio.CancelledError):
            await upload


async def _final_head(client: asyncio.StreamWriter, backend: asyncio.StreamReader) -> Head:
    """The answer's head, after interim ones (100, 103) were passed on."""
    while True:
        head = await read_head(backend)
        if head is None:
            await say(client, "502 Bad Gateway", "the service closed without an answer")
            raise BadMessageError("no answer")
        status = head.start.split(b" ")[1:2]
        if status == [b"101"] or not status or not status[0].startswith(b"1"):
            return head
        client.write(head.encode())
        await client.drain()


def _answer_length(request: Head, answer: Head) -> int | None:
    status = answer.start.split(b" ")[1:2]
    if request.start.startswith(b"HEAD ") or status in ([b"204"], [b"304"]):
        return 0
    return body_length(answer, response=True)


def stays_open(head: Head) -> bool:
    """Whether a client means to go on after this request."""
    return head.start.endswith(b"HTTP/1.1") and not head.lists(b"connection", b"close")


async def _upload(client: Stream, backend: Stream, length: int | None) -> None:
    """The request's body. A client that gives up ends the exchange; a service need not read it all."""
    try:
        await copy_body(client[0], backend[1], length)
    except BadMessageError:
        backend[1].transport.abort()
    except OSError:
        if client[0].at_eof() or client[0].exception():
            backend[1].transport.abort()


async def _tunnel(client: Stream, backend: Stream) -> None:
    """Both ways until one side has enough (a web socket)."""
    ways = [
        asyncio.ensure_future(copy_body(client[0], backend[1], None)),
        asyncio.ensure_future(copy_body(backend[0], client[1], None)),
    ]
    try:
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)


async def say(writer: asyncio.StreamWriter, status: str, why: str) -> bool:
    """Say what went wrong, and that the connection ends."""
    body = f"parity: {why}\n".encode("ascii", "replace")
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    return False
