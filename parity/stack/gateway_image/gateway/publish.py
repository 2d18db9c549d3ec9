"""Published TCP ports: each connection on the edge is carried to one of the service's containers."""

import asyncio
import itertools
import socket
from collections.abc import Callable

from .pump import Pump
from .resolve import Resolver
from .settings import Publication
from .sockets import Address, reset

CONNECT_TIMEOUT = 2.0
MAX_CONNECTIONS = 2048


class Backends:
    """The containers of a service, asked for anew each time, in turn."""

    def __init__(
        self, publication: Publication, resolver: Resolver, is_inside: Callable[[str], bool]
    ) -> None:
        self._publication = publication
        self._resolver = resolver
        self._is_inside = is_inside
        self._turn = itertools.count()

    async def in_turn(self) -> list[Address]:
        """All addresses, rotated by one at every call."""
        found = await self._resolver.addresses(self._publication.service)
        # A stopped service's name goes to outside name servers: never follow where they point.
        inside = [address for address in found if self._is_inside(address)]
        start = next(self._turn) % len(inside) if inside else 0
        return [(a, self._publication.port) for a in inside[start:] + inside[:start]]


class Published:
    """Carries the connections of one published port."""

    def __init__(self, backends: Backends, buffer: memoryview) -> None:
        self._backends = backends
        self._buffer = buffer

    async def handle(self, client: socket.socket, _peer: Address) -> None:
        """Carry one connection, or reset it when no container answers."""
        for address in await self._backends.in_turn():
            service = await _connect(address)
            if service is not None:
                await Pump(client, service, self._buffer).run()
                return
        reset(client)


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
