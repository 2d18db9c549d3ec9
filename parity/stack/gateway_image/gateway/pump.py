"""Copies bytes between two connected sockets, both ways, each direction closing on its own."""

import asyncio
import socket

from .sockets import reset

CHUNK = 256 * 1024


class _Half:
    """One direction. Reading stops while the other side is slow, so at most one chunk is kept."""

    def __init__(self, pump: "Pump", source: socket.socket, sink: socket.socket) -> None:
        self._pump = pump
        self._source = source
        self._sink = sink
        self._loop = pump.loop
        self._pending = memoryview(b"")
        self.finished = False

    def start(self, first: bytes = b"") -> None:
        if first:
            self._send(memoryview(first))
        if not self._pending:
            self._loop.add_reader(self._source, self._readable)

    def stop(self) -> None:
        self._loop.remove_reader(self._source)
        self._loop.remove_writer(self._sink)

    def _readable(self) -> None:
        try:
            size = self._source.recv_into(self._pump.buffer)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._pump.fail()
            return
        if size:
            self._send(self._pump.buffer[:size])
        else:
            self._finish()

    def _send(self, data: memoryview) -> None:
        try:
            sent = self._sink.send(data)
        except (BlockingIOError, InterruptedError):
            sent = 0
        except OSError:
            self._pump.fail()
            return
        if sent < len(data):
            # The buffer is shared between connections: what stays has to be copied out of it.
            self._pending = memoryview(bytes(data[sent:]))
            self._loop.remove_reader(self._source)
            self._loop.add_writer(self._sink, self._writable)

    def _writable(self) -> None:
        try:
            sent = self._sink.send(self._pending)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._pump.fail()
            return
        self._pending = self._pending[sent:]
        if not self._pending:
            self._loop.remove_writer(self._sink)
            self._loop.add_reader(self._source, self._readable)

    def _finish(self) -> None:
        self.finished = True
        self._loop.remove_reader(self._source)
        try:
            self._sink.shutdown(socket.SHUT_WR)
        except OSError:
            self._pump.fail()
            return
        self._pump.half_finished()


class Pump:
    """Both directions of one connection; `run` returns when both are closed or one broke."""

    def __init__(self, left: socket.socket, right: socket.socket, buffer: memoryview) -> None:
        self.loop = asyncio.get_running_loop()
        self.buffer = buffer
        self._sockets = (left, right)
        self._done: asyncio.Future[None] = self.loop.create_future()
        self._halves = (_Half(self, left, right), _Half(self, right, left))

    async def run(self, first: bytes = b"") -> None:
        """Copy until the end; `first` are bytes of `left` that were read already."""
        for sock in self._sockets:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            self._halves[0].start(first)
            self._halves[1].start()
            await self._done
        finally:
            for half in self._halves:
                half.stop()
            self._close()

    def half_finished(self) -> None:
        """One direction is closed; the end is when both are."""
        if all(half.finished for half in self._halves) and not self._done.done():
            self._done.set_result(None)

    def fail(self) -> None:
        """A side broke: the other one has to see a reset, not an orderly end."""
        for half in self._halves:
            half.stop()
        if not self._done.done():
            self._done.set_result(None)

    def _close(self) -> None:
        orderly = all(half.finished for half in self._halves)
        for sock in self._sockets:
            if orderly:
                sock.close()
            else:
                reset(sock)


def new_buffer() -> memoryview:
    """A buffer that all pumps of one loop share."""
    return memoryview(bytearray(CHUNK))
