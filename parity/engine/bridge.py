"""A local address behind which another place's server answers, for a short time and with few bytes.

Whoever listens there may refuse, stall or flood: what comes is counted, every wait ends, and when the
time is over everything is closed, so that no client library can be kept waiting by a server.
"""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Protocol, Self

_CHUNK = 1 << 16


class Remote(Protocol):
    """The other end of one connection."""

    def read(self) -> bytes:
        """What comes next; nothing at the end. TimeoutError where nothing comes in time."""

    def write(self, data: bytes) -> None:
        """Send all of it."""

    def close(self) -> None:
        """Hang up; whoever reads sees the end."""

    @property
    def reason(self) -> str:
        """Why the other end could not be reached, or went."""


@dataclass(frozen=True)
class Limits:
    """What a server may take."""

    seconds: float = 20.0
    """From the first moment to the last."""
    idle: float = 10.0
    """Between one byte and the next."""
    size: int = 24 << 20
    """Bytes that it may send over one connection."""
    connections: int = 8


class Bridge:
    """Listens on `host` and `port` while it is entered. `reason` tells what went wrong first."""

    host = "127.0.0.1"

    def __init__(self, dial: Callable[[], Remote], limits: Limits | None = None) -> None:
        self._dial, self._limits = dial, limits or Limits()
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self.reason = ""
        self._open: list[Callable[[], None]] = []
        self._lock = threading.Lock()
        self._closed = False
        self._timer = threading.Timer(self._limits.seconds, self._late)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all connections, and listen no more."""
        self._timer.cancel()
        with self._lock:
            self._closed = True
            ends, self._open = self._open, []
        # A thread that waits in `accept` is woken by this alone.
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in ends:
            with suppress(OSError):
                end()

    def _late(self) -> None:
        self._tell(f"it was not done within {self._limits.seconds:g} seconds")
        self.close()

    def _tell(self, reason: str) -> None:
        self.reason = self.reason or reason

    def _keep(self, end: Callable[[], None]) -> bool:
        """Have something closed at the end; False where that is over already."""
        with self._lock:
            if not self._closed:
                self._open.append(end)
                return True
        end()
        return False

    def _accept(self) -> None:
        for _ in range(self._limits.connections):
            try:
                local, _ = self._listener.accept()
            except OSError:
                return
            if self._keep(lambda one=local: _end(one)):  # type: ignore[misc]
                threading.Thread(target=self._serve, args=(local,), daemon=True).start()

    def _serve(self, local: socket.socket) -> None:
        from parity.errors import ParityError

        try:
            remote = self._dial()
        except (ParityError, OSError) as error:
            self._tell(str(error))
            _end(local)
            return
        if self._keep(remote.close):
            threading.Thread(target=self._up, args=(local, remote), daemon=True).start()
            self._down(remote, local)
        _end(local)

    def _up(self, local: socket.socket, remote: Remote) -> None:
        with suppress(OSError, ValueError):
            while data := local.recv(_CHUNK):
                remote.write(data)
        with suppress(OSError):
            remote.close()

    def _down(self, remote: Remote, local: socket.socket) -> None:
        size = 0
        try:
            while data := remote.read():
                size += len(data)
                if size > self._limits.size:
                    self._tell(f"it sent more than {self._limits.size >> 20} MiB")
                    break
                local.sendall(data)
        except TimeoutError:
            self._tell(f"it did not answer within {self._limits.idle:g} seconds")
        except (OSError, ValueError):
            pass  # one of the two hung up, in the middle of something
        if remote.reason:
            self._tell(remote.reason)


def _end(local: socket.socket) -> None:
    with suppress(OSError):
        local.shutdown(socket.SHUT_RDWR)
    local.close()
