"""A running stack or fork as tests look at it: its containers and ports, through the engine."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from parity.actions.doors import Door, doors
from parity.engine import observe
from parity.model.stack import Container
from parity.testing.exceptions import ContainerIsNotRunning, NoSuchPortExposed

if TYPE_CHECKING:
    from docker import DockerClient

_RUNS = ("running", "paused", "restarting")


class Scene:
    """`stack` is the name that the containers are labelled with; `declared` gives, for a service and a
    host port of the definition, the container's port.
    """

    def __init__(self, stack: str, declared: Mapping[tuple[str, int], int] | None = None) -> None:
        self.stack = stack
        self._declared = declared or {}
        self._client: DockerClient | None = None

    @property
    def client(self) -> "DockerClient":
        """The SDK's client, connected when it is first needed."""
        from parity.engine.client import connect

        if self._client is None:
            self._client = connect()
        return self._client

    def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def everything(self) -> tuple[Container, ...]:
        """All containers, the gateway's included."""
        return observe.of_stack(self.stack)

    def containers(self, *, stopped: bool = False) -> tuple[Container, ...]:
        """Containers of services, in the order of names; those that do not run only if asked for."""
        found = self.everything()
        return tuple(c for c in found if c.role == "service" and (stopped or c.state in _RUNS))

    def container(self, service: str = "", *, stopped: bool = False) -> Container:
        """The first container of a service; of the only one where none is named."""
        found = self.containers(stopped=stopped)
        names = sorted({container.service for container in found})
        if not service and len(names) != 1:
            raise ContainerIsNotRunning(
                f"no service is named, and not exactly one runs but {len(names)}: {', '.join(names)}"
            )
        for container in found:
            if container.service == (service or names[0]):
                return container
        raise ContainerIsNotRunning(
            f"{service} does not run in {self.stack}; what runs: {', '.join(names) or 'nothing'}"
        )

    def doors(self, service: str = "") -> tuple[Door, ...]:
        """Where the services answer, or one of them."""
        owner = self._namespace_owner(service) if service else ""
        found = doors(self.everything())
        return tuple(door for door in found if door.service in (service, owner) or not service)

    def door(self, service: str = "", port: int | None = None) -> Door:
        """Where one port of a service answers. NoSuchPortExposed where that is none or several.

        The port is the container's; where it has no such one, the host's as the definition says.
        """
        found = self.doors(service)
        ports = {door.port for door in found}
        wanted = port
        if port is not None and port not in ports:
            wanted = self._declared.get((service, port)) or next(
                (t for (_, p), t in self._declared.items() if not service and p == port), port
            )
        chosen = [door for door in found if wanted in (None, door.port)]
        if len(chosen) == 1:
            return chosen[0]
        if chosen and port is not None and service:
            return next((door for door in chosen if door.protocol == "tcp"), chosen[0])
        raise NoSuchPortExposed(_unclear(service, port, found, chosen))

    def _namespace_owner(self, service: str) -> str:
        """The service whose network a service shares: that one has the ports of both."""
        mode = ""
        for container in self.containers(stopped=True):
            if container.service == service:
                mode = str(self.inspect(container.id)["HostConfig"].get("NetworkMode") or "")
                break
        owner = mode.removeprefix("container:")
        if owner == mode:
            return service
        others = (c.service for c in self.containers(stopped=True) if c.id == owner)
        return next(others, service)

    def inspect(self, identity: str) -> dict[str, Any]:
        """What the engine says of a container."""
        found: dict[str, Any] = observe.get(f"/containers/{identity}/json")
        return found


def _unclear(service: str, port: int | None, found: tuple[Door, ...], chosen: list[Door]) -> str:
    asked = f"port {port}" if port is not None else "the port"
    of = f" of {service}" if service else ""
    listed = ", ".join(f"{d.service}:{d.port}/{d.protocol}" for d in found) or "none"
    if chosen:
        return f"{asked}{of} is not one but {len(chosen)}; name the service and the port: {listed}"
    return f"{asked}{of} is not published by the definition; published here: {listed}"
