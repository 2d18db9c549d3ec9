"""The bytes of a container's program, as an engine sends them: frames of stdout and stderr on one socket.

Source: Docker Engine API, ContainerAttach, stream format.
"""

import contextlib
import socket
import struct
from typing import Any

_STDERR = 2
_HEADER = 8
_LONGEST = 1 << 24
"""Most bytes of a frame; an engine's are of 32 KiB."""
_KEPT = 1 << 12
"""Most bytes of stderr that are kept: its last ones."""


class Frames:
    """What the SDK answers when it is asked for a socket. `read` stdout; `said` is the end of stderr.

    `idle` is for how many seconds nothing may come; without it as long as any answer of the client's.
    """

    def __init__(self, found: Any, *, idle: float | None = None) -> None:
        # The SDK answers with a file over the socket; the socket itself can end one direction.
        self._file = found
        self._socket: socket.socket = getattr(found, "_sock", found)
        if idle is not None:
            self._socket.settimeout(idle)
        self._left = 0
        self.said = b""

    def read(self, size: int = 1 << 16) -> bytes:
        """Up to `size` bytes of stdout; nothing at the end. OSError where none comes, or rubbish."""
        while not self._left:
            header = self._exactly(_HEADER)
            if not header:
                return b""
            kind, length = struct.unpack(">BxxxL", header)
            if length > _LONGEST:
                raise OSError("what the engine sends is no stream of a program")
            if kind == _STDERR:
                self.said = (self.said + self._exactly(length))[-_KEPT:]
            else:
                self._left = length
        data = self._socket.recv(min(size, self._left))
        self._left -= len(data)
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data` to stdin."""
        self._socket.sendall(data)

    def close_write(self) -> None:
        """Say that nothing more comes."""
        self._socket.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """Hang up: the program sees the end of its input, whoever reads the end of its output."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        # The answer that it came with and the file hold the socket open as well.
        if (answer := getattr(self._file, "_response", None)) is not None:
            answer.close()
        with contextlib.suppress(OSError):
            self._file.close()
            self._socket.close()

    def _exactly(self, length: int) -> bytes:
        parts = b""
        while len(parts) < length:
            some = self._socket.recv(length - len(parts))
            if not some:
                return b""
            parts += some
        return parts
