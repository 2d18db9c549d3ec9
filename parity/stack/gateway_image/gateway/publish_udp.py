"""Published UDP ports: one session a client, closed when it has been idle."""

import asyncio
import socket
from collections import OrderedDict
from dataclasses import dataclass, field

from .publish import Backends
from .sockets import Address

IDLE = 60.0
MAX_SESSIONS = 1024
MAX_WAITING = 16
BATCH = 64


@dataclass(slots=True)
class _Session:
    """A client's way to its container; datagrams wait here until the name is resolved."""

    last: float
    service: socket.socket | None = None
    waiting: list[bytes] = field(default_factory=list)


class PublishedUdp:
    """Carries the datagrams of one published port."""

    def __init__(self, edge: socket.socket, backends: Backends, idle: float = IDLE) -> None:
        self._edge = edge
        self._backends = backends
        self._idle = idle
        self._loop = asyncio.get_running_loop()
        self._sessions: OrderedDict[Address, _Session] = OrderedDict()
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self) -> None:
        """Begin to listen."""
        self._loop.add_reader(self._edge, self._from_clients)

    def tick(self) -> None:
        """Close sessions that have been idle too long."""
        oldest = self._loop.time() - self._idle
        for client in [c for c, s in self._sessions.items() if s.last < oldest]:
            self._close(client)

    def _from_clients(self) -> None:
        for _ in range(BATCH):
            try:
                data, peer = self._edge.recvfrom(65535)
            except BlockingIOError:
                return
            except OSError:
                continue  # An ICMP error for an earlier reply.
            self._deliver((str(peer[0]), int(peer[1])), data)

    def _deliver(self, client: Address, data: bytes) -> None:
        session = self._sessions.get(client) or self._open(client)
        session.last = self._loop.time()
        self._sessions.move_to_end(client)
        if session.service is None:
            if len(session.waiting) < MAX_WAITING:
                session.waiting.append(data)
        else:
            self._send(client, session.service, data)

    def _open(self, client: Address) -> _Session:
        while len(self._sessions) >= MAX_SESSIONS:
            self._close(next(iter(self._sessions)))
        session = self._sessions[client] = _Session(self._loop.time())
        task = self._loop.create_task(self._connect(client, session))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return session

    async def _connect(self, client: Address, session: _Session) -> None:
        addresses = await self._backends.in_turn()
        if self._sessions.get(client) is not session:
            return
        if not addresses:
            self._close(client)
            return
        sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.setblocking(False)
        sock.connect(addresses[0])
        session.service = sock
        self._loop.add_reader(sock, self._from_service, client, sock)
        for data in session.waiting:
            self._send(client, sock, data)
        session.waiting.clear()

    def _send(self, client: Address, service: socket.socket, data: bytes) -> None:
        try:
            service.send(data)
        except BlockingIOError:
            pass  # A full queue loses datagrams, as any router would.
        except OSError:
            # Refused: the container may have moved, so the next datagram asks for it again.
            self._backends.forget()
            self._close(client)

    def _from_service(self, client: Address, service: socket.socket) -> None:
        for _ in range(BATCH):
            try:
                data = service.recv(65535)
                self._edge.sendto(data, client)
            except BlockingIOError:
                return
            except OSError:
                self._close(client)
                return
            self._sessions[client].last = self._loop.time()

    def _close(self, client: Address) -> None:
        session = self._sessions.pop(client, None)
        if session is not None and session.service is not None:
            self._loop.remove_reader(session.service)
            session.service.close()
