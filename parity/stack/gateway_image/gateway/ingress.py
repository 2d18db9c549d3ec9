"""The ingress: HTTP and HTTPS requests go to a Service by host name and path, each by itself."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Mapping
from urllib.parse import urlsplit

from .http1 import MAX_HEAD, BadMessageError, Head, body_length, copy_body, read_head
from .publish import Backends, connect_in_turn
from .routes import Entry, Ingress, Route, find

IDLE = 75.0
"""Seconds a connection without a request is kept."""
_HOP = ((b"Keep-Alive", b""), (b"Proxy-Connection", b""))
_BROKEN = (OSError, BadMessageError, asyncio.IncompleteReadError)

Stream = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Door:
    """One entry: serves its connections, a request at a time."""

    def __init__(self, ingress: Ingress, entry: Entry, backends: Mapping[Route, Backends]) -> None:
        self._routes = ingress.routes
        self._entry = entry
        self._backends = backends
        self._tls = _context(ingress) if entry.tls else None

    async def open(self, sock: socket.socket) -> asyncio.Server:
        """Begin to listen."""
        return await asyncio.start_server(self.serve, sock=sock, ssl=self._tls, limit=MAX_HEAD)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client has enough, or one cannot be answered to its end."""
        with contextlib.suppress(*_BROKEN, TimeoutError):
            while await self._request((reader, writer)):
                pass
        writer.close()
        with contextlib.suppress(*_BROKEN):
            await writer.wait_closed()

    async def _request(self, client: Stream) -> bool:
        """Answer one request; whether another may follow."""
        try:
            async with asyncio.timeout(IDLE):
                head = await read_head(client[0])
            if head is None:
                return False
            length = body_length(head, response=False)
            host, path = _wanted(head)
        except BadMessageError as error:
            return await _answer(client[1], "400 Bad Request", str(error))
        route = find(self._routes, host, path)
        if route is None:
            return await _answer(client[1], "404 Not Found", f"no ingress rule for {host}{path}")
        sock = await connect_in_turn(self._backends[route])
        if sock is None:
            where = f"{' or '.join(route.backends) or 'any container'} on port {route.port}"
            return await _answer(client[1], "503 Service Unavailable", f"no answer from {where}")
        backend = await asyncio.open_connection(sock=sock, limit=MAX_HEAD)
        try:
            passed = self._forwarded(head, client[1])
            return await _exchange(client, backend, passed, length, stays=_stays(head))
        finally:
            backend[1].close()

    def _forwarded(self, head: Head, writer: asyncio.StreamWriter) -> Head:
        """The request as an ingress controller passes it on."""
        peer = str(writer.get_extra_info("peername")[0]).encode()
        upgrade = head.lists(b"connection", b"upgrade")
        return head.having(
            *_HOP,
            (b"Connection", b"Upgrade" if upgrade else b"close"),
            (b"X-Real-IP", peer),
            (b"X-Forwarded-For", peer),
            (b"X-Forwarded-Proto", b"https" if self._entry.tls else b"http"),
            (b"X-Forwarded-Host", head.get(b"host")),
            (b"X-Forwarded-Port", str(self._entry.public).encode()),
        )


async def _exchange(
    client: Stream, backend: Stream, head: Head, length: int | None, *, stays: bool
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
        client[1].write(answer.having(*_HOP, kept).encode())
        await copy_body(backend[0], client[1], size)
        await client[1].drain()
        return keep
    finally:
        upload.cancel()
        with contextlib.suppress(*_BROKEN, asyncio.CancelledError):
            await upload


async def _final_head(client: asyncio.StreamWriter, backend: asyncio.StreamReader) -> Head:
    """The answer's head, after interim ones (100, 103) were passed on."""
    while True:
        head = await read_head(backend)
        if head is None:
            await _answer(client, "502 Bad Gateway", "the service closed without an answer")
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


def _stays(head: Head) -> bool:
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


def _wanted(head: Head) -> tuple[str, str]:
    """Host without port, and path without query; raises BadMessageError."""
    parts = head.start.split(b" ")
    if len(parts) != 3 or not parts[2].startswith(b"HTTP/1."):
        raise BadMessageError("not an HTTP/1 request")
    target, host = parts[1].decode("latin-1"), head.get(b"host").decode("latin-1")
    if not target.startswith("/"):
        split = urlsplit(target)
        target, host = split.path or "/", split.netloc or host
    named = host.rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host
    return named.rstrip(".").lower(), target.partition("?")[0].partition("#")[0]


async def _answer(writer: asyncio.StreamWriter, status: str, why: str) -> bool:
    """Say what went wrong, and that the connection ends."""
    body = f"parity ingress: {why}\n".encode("ascii", "replace")
    head = (
        f"HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    writer.write(head.encode() + body)
    await writer.drain()
    return False


def _context(ingress: Ingress) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ingress.certificate, ingress.key)
    return context
