"""One service's container with the methods that testcontainers' containers have."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, Self

from parity.actions.doors import Door
from parity.engine.client import translated
from parity.model.stack import Container
from parity.testing.exceptions import NoSuchPortExposed
from parity.testing.scene import Scene

if TYPE_CHECKING:
    from docker.models.containers import Container as EngineContainer


@dataclass(frozen=True)
class PublishedPort:
    """A published port under the names that Docker Compose gives its parts."""

    URL: str
    TargetPort: int
    PublishedPort: int
    Protocol: str = "tcp"

    def normalize(self) -> Self:
        """The address as this machine reaches it, which it is already."""
        return self


class Configured(Protocol):
    """A command with its settings, as testcontainers' ExecConfig is one."""

    def to_exec_run_kwargs(self) -> dict[str, Any]:
        """The arguments for the SDK."""


Runnable = str | list[str] | Configured


class ServiceContainer:
    """A container of a stack or fork. Looks at the engine at each call, so it is never out of date."""

    def __init__(self, scene: Scene, container: Container) -> None:
        self._scene = scene
        self._container = container

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.Name}>"

    @property
    def ID(self) -> str:
        """The container's id."""
        return self._container.id

    @property
    def Name(self) -> str:
        """Its name on the engine."""
        return self._container.name

    @property
    def Project(self) -> str:
        """The stack it belongs to."""
        return self._scene.stack

    @property
    def Service(self) -> str:
        """The service it is one of."""
        return self._container.service

    @property
    def State(self) -> str:
        """running, exited, …, as it was when this object was made."""
        return self._container.state

    @property
    def Health(self) -> str:
        """healthy, unhealthy, starting, or empty, as it was when this object was made."""
        return self._container.health

    @property
    def ExitCode(self) -> int:
        """Its exit code, where it has ended."""
        return self._container.exit_code

    @property
    def Command(self) -> str:
        """What it runs."""
        attrs = self._scene.inspect(self.ID)
        return " ".join([attrs.get("Path") or "", *(attrs.get("Args") or ())])

    @property
    def Publishers(self) -> list[PublishedPort]:
        """Its published ports."""
        return [_published(door) for door in self._scene.doors(self.Service)]

    def get_publisher(
        self,
        by_port: int | None = None,
        by_host: str | None = None,
        prefer_ip_version: str = "IPv4",
    ) -> PublishedPort:
        """The one published port that fits; NoSuchPortExposed where that is none or several."""
        found = _published(self._scene.door(self.Service, by_port))
        everywhere = by_host in (None, "0.0.0.0", "localhost")  # noqa: S104 - compared with
        if (everywhere or by_host == found.URL) and (prefer_ip_version == "IPv6") is (
            ":" in found.URL
        ):
            return found
        raise NoSuchPortExposed(
            f"{self.Service} answers at {found.URL}, not at {by_host or prefer_ip_version}"
        )

    def get_container_host_ip(self) -> str:
        """The address of this machine at which its ports answer."""
        found = self._scene.doors(self.Service)
        return found[0].host if found else "127.0.0.1"

    def get_exposed_port(self, port: int) -> int:
        """The port of this machine behind which a port of the container is."""
        return self._scene.door(self.Service, int(port)).host_port

    def get_container_id(self) -> str:
        """Its id."""
        return self.ID

    def get_logs(self) -> tuple[bytes, bytes]:
        """All it has written to stdout and to stderr."""
        found = self.get_wrapped_container()
        with translated():
            return found.logs(stderr=False), found.logs(stdout=False)

    def exec(self, command: Runnable) -> Any:
        """Run a command in it; the SDK's (exit_code, output), both streams in one."""
        found = self.get_wrapped_container()
        with translated():
            if isinstance(command, str | list):
                return found.exec_run(command)
            return found.exec_run(**command.to_exec_run_kwargs())

    def run(self, command: str | list[str]) -> tuple[str, str, int]:
        """Run a command in it: stdout, stderr, exit code."""
        found = self.get_wrapped_container()
        with translated():
            done: Any = found.exec_run(command, demux=True)
        out, err = ((text or b"").decode(errors="replace") for text in done.output)
        return out, err, int(done.exit_code)

    def get_wrapped_container(self) -> "EngineContainer":
        """The SDK's container."""
        with translated():
            return self._scene.client.containers.get(self.ID)

    def get_container_info(self) -> dict[str, Any]:
        """What the engine says of it."""
        return self._scene.inspect(self.ID)

    def get_connection_url(self, driver: str | None = None) -> str:
        """The URL under which a client of this machine reaches the database in it."""
        from parity.testing.urls import connection_url

        return connection_url(self._scene, self._container, driver=driver)

    def reload(self) -> None:
        """Nothing to do; wait strategies call it."""

    @property
    def status(self) -> str:
        """How it is now."""
        return str(self._scene.inspect(self.ID)["State"]["Status"])


def _published(door: Door) -> PublishedPort:
    return PublishedPort(door.host, door.port, door.host_port, door.protocol)
