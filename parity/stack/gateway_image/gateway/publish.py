"""Published TCP ports: each connection on the edge is carried to one of the service's containers."""

import asyncio
import itertools
import socket
import time
from collections.abc import Callable

from .pump import Pump
from .resolve import Resolver
from .settings import Publication
from .sockets import Address, reset

CONNECT_TIMEOUT = 2.0
MAX_CONNECTIONS = 2048
# How long an answer of the name server is used, in seconds.
FRESH = 0.2


class Backends:
    """The containers of a service, in turn."""

    def __init__(
        self, publication: Publication, resolver: Resolver, is_inside: Callable[[str], bool]
    ) -> None:
        self._publication = publication
        self._resolver = resolver
        self._is_inside = is_inside
        self._turn = itertools.count()
        self._known: list[str] = []
        self._asked = -FRESH
        self._lock = asyncio.Lock()

    async def in_turn(self) -> list[Address]:
        """All addresses, rotated by one at every call."""
        # One question serves a burst of connections: asking took most of a connection's time.
        async with self._lock:
            if time.monotonic() - self._asked >= FRESH:
                self._known = await self._ask()
                self._asked = time.monotonic()
        known = self._known
        start = next(self._turn) % len(known) if known else 0
        return [(a, self._publication.port) for a in known[start:] + known[:start]]

    def forget(self) -> None:
        """Ask again next time: an address didn't answer."""
        self._asked = -FRESH

    async def _ask(self) -> list[str]:
        found: list[str] = []
        for name in filter(None, (self._publication.service, *self._publication.more)):
            found += await self._resolver.addresses(name)
        # A stopped service's name goes to outside name servers: never follow where they point.
        return [address for address in found if self._is_inside(address)]


class Published:
    """Carries the connections of one published port."""

    def __init__(self, backends: Backends, buffer: memoryview) -> None:
        self._backends = backends
        self._buffer = buffer

    async def handle(self, client: socket.socket, _peer: Address, first: bytes = b"") -> None:
        """Carry one connection, or reset it when no container answers; `first` was read already."""
        service = await connect_in_turn(self._backends)
        if service is None:
            reset(client)
        else:
            await Pump(client, service, self._buffer).run(first)


async def connect_in_turn(backends: Backends) -> socket.socket | None:
    """A connection to the next container that takes one; all are asked for anew before giving up."""
    for _ in range(2):
        for address in await backends.in_turn():
            service = await _connect(address)
            if service is not None:
                return service
        backends.forget()
    return None


async def _connect(address: Address) -> socket.socket | None:
    sock = socket.socket(socket.AF_INET)
    sock.setblocking(False)
    try:
        async with asyncio.timeout(CONNECT_TIMEOUT):
            await asyncio.get_running_loop().sock_connect(sock, address)
    except (OSError, TimeoutError):
        sock.close()
        return None
    except asyncio.CancelledError:
        sock.close()
        raise
    return sock
