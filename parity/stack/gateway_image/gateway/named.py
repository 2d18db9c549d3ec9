"""A published port that is asked by a name of this machine: the service sees production's name."""

import asyncio
import contextlib
import socket
import ssl
from functools import partial

from .exchange import BROKEN, HOP, Stream, exchange, say, stays_open
from .http1 import MAX_HEAD, BadMessageError, Head, body_length, read_head
from .origin import Origin, is_local
from .publish import Backends, Published, connect_in_turn
from .router import read_first
from .sockets import Address

IDLE = 75.0
"""Seconds a connection without a request is kept."""
HANDSHAKE = 5.0
"""Seconds that a service has to begin with TLS."""


class Named:
    """Answers HTTP requests by local names itself; whatever else comes is carried as it is."""

    def __init__(self, origin: Origin, backends: Backends, carrier: Published) -> None:
        self._origin = origin
        self._backends = backends
        self._carrier = carrier
        self._tls = _context() if origin.secure else None

    async def handle(self, client: socket.socket, peer: Address) -> None:
        """Serve one connection."""
        first, spoken = await read_first(client)
        if spoken is None or spoken.origin != "http" or not is_local(spoken.name):
            await self._carrier.handle(client, peer, first)
            return
        reader = asyncio.StreamReader(limit=MAX_HEAD)
        reader.feed_data(first)
        protocol = asyncio.StreamReaderProtocol(reader)
        loop = asyncio.get_running_loop()
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, client)
        await self._serve((reader, asyncio.StreamWriter(transport, protocol, reader, loop)))

    async def _serve(self, client: Stream) -> None:
        with contextlib.suppress(*BROKEN, TimeoutError):
            while await self._request(client):
                pass
        client[1].close()
        with contextlib.suppress(*BROKEN):
            await client[1].wait_closed()

    async def _request(self, client: Stream) -> bool:
        """Answer one request; whether another may follow."""
        try:
            async with asyncio.timeout(IDLE):
                head = await read_head(client[0])
            if head is None:
                return False
            length = _length(head)
        except BadMessageError as error:
            return await say(client[1], "400 Bad Request", str(error))
        backend = await self._connect()
        if backend is None:
            why = f"the service does not answer on port {self._origin.port}"
            return await say(client[1], "502 Bad Gateway", why)
        try:
            back = partial(self._origin.back, request=head)
            passed = self._passed(head)
            return await exchange(
                client, backend, passed, length, stays=stays_open(head), back=back
            )
        finally:
            backend[1].close()

    def _passed(self, head: Head) -> Head:
        upgrade = head.lists(b"connection", b"upgrade")
        connection = (b"Connection", b"Upgrade" if upgrade else b"close")
        return self._origin.forth(head).having(*HOP, connection)

    async def _connect(self) -> Stream | None:
        sock = await connect_in_turn(self._backends)
        if sock is None:
            return None
        name = self._origin.host.partition(":")[0] if self._tls else None
        try:
            return await asyncio.open_connection(
                sock=sock,
                ssl=self._tls,
                server_hostname=name,
                ssl_handshake_timeout=HANDSHAKE if self._tls else None,
                limit=MAX_HEAD,
            )
        except OSError:
            sock.close()
            return None


def _length(head: Head) -> int | None:
    """Of the body; raises BadMessageError where that is not clear."""
    if not head.start.endswith((b" HTTP/1.1", b" HTTP/1.0")):
        raise BadMessageError("not an HTTP/1 request")
    return body_length(head, response=False)


def _context() -> ssl.SSLContext:
    """Inside the stack whoever answers is the service, and its certificate the local authority's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
