"""The ingress: HTTP and HTTPS requests go to a Service by host name and path, each by itself."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import Mapping
from functools import partial
from urllib.parse import urlsplit

from .exchange import BROKEN, HOP, Stream, exchange, say, stays_open, unchanged
from .http1 import MAX_HEAD, BadMessageError, Head, body_length, read_head
from .origin import Origin, inner
from .publish import Backends, connect_in_turn
from .routes import Entry, Ingress, Route, find

IDLE = 75.0
"""Seconds a connection without a request is kept."""
HTTPS = 443


class Door:
    """One entry: serves its connections, a request at a time."""

    def __init__(self, ingress: Ingress, entry: Entry, backends: Mapping[Route, Backends]) -> None:
        self._routes = ingress.routes
        self._entry = entry
        self._backends = backends
        self._tls = _context(ingress) if entry.tls else None
        self._secure = entry.tls or any(other.tls for other in ingress.entries)

    async def open(self, sock: socket.socket) -> asyncio.Server:
        """Begin to listen."""
        return await asyncio.start_server(self.serve, sock=sock, ssl=self._tls, limit=MAX_HEAD)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer requests until the client has enough, or one cannot be answered to its end."""
        with contextlib.suppress(*BROKEN, TimeoutError):
            while await self._request((reader, writer)):
                pass
        writer.close()
        with contextlib.suppress(*BROKEN):
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
            return await say(client[1], "400 Bad Request", str(error))
        origin = self._origin(host)
        host = origin.host if origin else host
        route = find(self._routes, host, path)
        if route is None:
            return await say(client[1], "404 Not Found", f"no ingress rule for {host}{path}")
        sock = await connect_in_turn(self._backends[route])
        if sock is None:
            where = f"{' or '.join(route.backends) or 'any container'} on port {route.port}"
            return await say(client[1], "503 Service Unavailable", f"no answer from {where}")
        backend = await asyncio.open_connection(sock=sock, limit=MAX_HEAD)
        try:
            passed = self._forwarded(origin.forth(head) if origin else head, client[1], origin)
            back = partial(origin.back, request=head) if origin else unchanged
            return await exchange(
                client, backend, passed, length, stays=stays_open(head), back=back
            )
        finally:
            backend[1].close()

    def _origin(self, host: str) -> Origin | None:
        """For a name of this machine that has production's in it: how production is asked by that."""
        name = inner(host)
        return Origin("https" if self._secure else "http", name) if name else None

    def _forwarded(
        self, head: Head, writer: asyncio.StreamWriter, origin: Origin | None = None
    ) -> Head:
        """The request as an ingress controller passes it on."""
        secure, public = self._entry.tls, self._entry.public
        if origin and origin.secure:
            secure, public = True, HTTPS
        peer = str(writer.get_extra_info("peername")[0]).encode()
        upgrade = head.lists(b"connection", b"upgrade")
        return head.having(
            *HOP,
            (b"Connection", b"Upgrade" if upgrade else b"close"),
            (b"X-Real-IP", peer),
            (b"X-Forwarded-For", peer),
            (b"X-Forwarded-Proto", b"https" if secure else b"http"),
            (b"X-Forwarded-Host", head.get(b"host")),
            (b"X-Forwarded-Port", str(public).encode()),
        )


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


def _context(ingress: Ingress) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(ingress.certificate, ingress.key)
    return context
