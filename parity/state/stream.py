"""Bytes to and from a program in a container: the two ends of a `docker exec`."""

import socket
import struct
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from docker import DockerClient

_STDERR = 2
_HEADER = 8


class Stream:
    """A running command; `read` its stdout, `write` its stdin. What it says on stderr is kept."""

    def __init__(
        self,
        client: "DockerClient",
        container: str,
        command: list[str],
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._api: Any = client.api
        made = self._api.exec_create(
            container, command, stdin=True, environment=dict(environment or {})
        )
        self._exec = made["Id"]
        found: Any = self._api.exec_start(self._exec, socket=True)
        # The SDK answers with a file over the socket; the socket itself can end one direction.
        self._file = found
        self._socket: socket.socket = getattr(found, "_sock", found)
        self._left = 0
        self.said = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        self._socket.sendall(data)

    def close_write(self) -> None:
        """Say that nothing more comes."""
        self._socket.shutdown(socket.SHUT_WR)

    def read(self, size: int = 1 << 16) -> bytes:
        """Up to `size` bytes; nothing at the end."""
        while not self._left:
            header = self._exactly(_HEADER)
            if not header:
                return b""
            kind, length = struct.unpack(">BxxxL", header)
            if kind == _STDERR:
                self.said += self._exactly(length)
            else:
                self._left = length
        data = self._socket.recv(min(size, self._left))
        self._left -= len(data)
        return data

    def finish(self) -> int:
        """Read what is left, and answer the exit code."""
        while self.read():
            pass
        return int(self._api.exec_inspect(self._exec)["ExitCode"] or 0)

    def close(self) -> None:
        """Hang up; the agent sees the end of its input."""
        # The answer that it came with and the file hold the socket open as well.
        if (answer := getattr(self._file, "_response", None)) is not None:
            answer.close()
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
