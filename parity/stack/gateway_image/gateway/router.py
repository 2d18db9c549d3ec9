"""Takes every TCP connection that would leave the stack: refused and recorded, or led to an allowed host."""

import asyncio
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from types import MappingProxyType

from .allow import AllowList, Target
from .hello import MAX_HELLO, IncompleteError, Spoken, spoken_name
from .publish import Published
from .pump import Pump
from .record import Attempt, Recorder, clean_name
from .resolve import Resolver
from .sockets import Address, original_destination, reset

FIRST_BYTES = 0.2
CONNECT_TIMEOUT = 5.0
MAX_CONNECTIONS = 4096
_NO_SERVICES: Mapping[Address, Published] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Route:
    """How allowed connections leave: by which interface and never to which addresses."""

    device: str | None
    is_inside: Callable[[str], bool]


class Router:
    """One connection at a time through `handle`; nothing is kept between connections."""

    def __init__(
        self,
        allow: AllowList,
        recorder: Recorder,
        resolver: Resolver,
        route: Route,
        *,
        buffer: memoryview,
        original: Callable[[socket.socket], Address] = original_destination,
        services: Mapping[Address, Published] = _NO_SERVICES,
    ) -> None:
        self._services = services
        self._allow = allow
        self._recorder = recorder
        self._resolver = resolver
        self._route = route
        self._buffer = buffer
        self._original = original

    async def handle(self, client: socket.socket, peer: Address) -> None:
        """Carry a connection to a Service; record any other one, then refuse or carry it."""
        address, port = self._original(client)
        service = self._services.get((address, port))
        if service is not None:
            await service.handle(client, peer)
            return
        first, spoken = await read_first(client)
        target = self._allow.target(address, port, spoken)
        host = await self._connect(target) if target else None
        self._record("allowed" if host else "refused", peer, (address, port), spoken)
        if host is None:
            reset(client)
            return
        await Pump(client, host, self._buffer).run(first)

    def overflow(self, client: socket.socket, peer: Address) -> None:
        """Too many connections at once: refuse without listening."""
        self._record("refused", peer, self._original(client), None)
        reset(client)

    def _record(self, event: str, peer: Address, wanted: Address, spoken: Spoken | None) -> None:
        address, port = wanted
        name, origin = clean_name(spoken.name) if spoken else None, spoken.origin if spoken else ""
        if name is None or _is_address(name):
            # A browser that was given an address names no host: perhaps the address stands for one.
            name, origin = self._allow.name_of(address), "allow"
        self._recorder.add(
            Attempt(event, "tcp", peer[0], address, port, name, origin if name else None)
        )

    async def _connect(self, target: Target) -> socket.socket | None:
        for address in await self._outside_addresses(target.host):
            sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
            sock.setblocking(False)
            try:
                self._leave_by_edge(sock)
                async with asyncio.timeout(CONNECT_TIMEOUT):
                    await asyncio.get_running_loop().sock_connect(sock, (address, target.port))
            except (OSError, TimeoutError):
                sock.close()
            except asyncio.CancelledError:
                sock.close()
                raise
            else:
                return sock
        return None

    async def _outside_addresses(self, host: str) -> list[str]:
        found = [host] if ":" in host else await self._resolver.addresses(host)
        # An outside name that resolves to the stack or to this container is somebody's trick or mistake.
        return [address for address in found if not self._route.is_inside(address)]

    def _leave_by_edge(self, sock: socket.socket) -> None:
        if self._route.device:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, self._route.device.encode())


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


async def read_first(client: socket.socket) -> tuple[bytes, Spoken | None]:
    """What a client says first, until its name is known, it can't hold one, or the time is up."""
    data = b""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(FIRST_BYTES):
            while len(data) < MAX_HELLO:
                piece = await loop.sock_recv(client, MAX_HELLO - len(data))
                data += piece
                try:
                    return data, spoken_name(data)
                except IncompleteError:
                    if not piece:
                        break
    except (TimeoutError, OSError):
        pass  # A client that says nothing, or left: what it said until now is all there is.
    return data, None
