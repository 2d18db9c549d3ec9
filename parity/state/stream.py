"""Bytes to and from a program in a container: the two ends of a `docker exec`."""

from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from parity.engine.frames import Frames

if TYPE_CHECKING:
    from docker import DockerClient


class Stream(Frames):
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
        super().__init__(self._api.exec_start(self._exec, socket=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def finish(self) -> int:
        """Read what is left, and answer the exit code."""
        while self.read():
            pass
        return int(self._api.exec_inspect(self._exec)["ExitCode"] or 0)
