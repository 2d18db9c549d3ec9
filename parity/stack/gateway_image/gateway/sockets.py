"""Small socket helpers shared by everything that listens."""

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable

SO_ORIGINAL_DST = 80
SOL_IPV6 = 41

Address = tuple[str, int]
Handler = Callable[[socket.socket, Address], Awaitable[None]]


def listen(host: str, port: int, kind: int = socket.SOCK_STREAM) -> socket.socket:
    """A non-blocking listening (or bound datagram) socket on an IPv4 or IPv6 address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
    sock.bind((host, port))
    if kind == socket.SOCK_STREAM:
        sock.listen(1024)
    sock.setblocking(False)
    return sock


def reset(sock: socket.socket) -> None:
    """Close with a TCP reset, so that the other side fails at once instead of waiting."""
    with contextlib.suppress(OSError):  # Already gone: closing is all that is left to do.
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def original_destination(sock: socket.socket) -> Address:
    """Where the client wanted to go before the kernel redirected it here."""
    try:
        if sock.family == socket.AF_INET6:
            raw = sock.getsockopt(SOL_IPV6, SO_ORIGINAL_DST, 28)
            return socket.inet_ntop(socket.AF_INET6, raw[8:24]), int.from_bytes(raw[2:4], "big")
        raw = sock.getsockopt(socket.SOL_IP, SO_ORIGINAL_DST, 16)
        return socket.inet_ntop(socket.AF_INET, raw[4:8]), int.from_bytes(raw[2:4], "big")
    except OSError:
        # Not redirected: the client meant this very address.
        host, port = sock.getsockname()[:2]
        return str(host), int(port)


def _refuse(sock: socket.socket, _peer: Address) -> None:
    reset(sock)


class Acceptor:
    """Accepts for ever and runs one task a connection, never more than `limit` of them."""

    def __init__(
        self,
        listener: socket.socket,
        handle: Handler,
        limit: int,
        overflow: Callable[[socket.socket, Address], None] | None = None,
    ) -> None:
        self._listener = listener
        self._handle = handle
        self._limit = limit
        self._overflow = overflow or _refuse
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self) -> None:
        """Accept until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, peer = await loop.sock_accept(self._listener)
                self._start(sock, (str(peer[0]), int(peer[1])))
            except OSError:
                # Out of descriptors, or the client left while queued: try again shortly.
                await asyncio.sleep(0.02)

    def _start(self, sock: socket.socket, peer: Address) -> None:
        if len(self._tasks) >= self._limit:
            self._overflow(sock, peer)
            return
        task = asyncio.ensure_future(self._guarded(sock, peer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _guarded(self, sock: socket.socket, peer: Address) -> None:
        try:
            await self._handle(sock, peer)
        except OSError:
            pass  # A broken connection concerns nobody but its two ends.
        finally:
            reset(sock)
