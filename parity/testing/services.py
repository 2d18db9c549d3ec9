"""The services of a stack or fork by name, as tests use them: address, URL, logs, commands."""

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity.actions.doors import Door
from parity.actions.exports import exports, variable
from parity.engine.client import translated
from parity.model.stack import GATEWAY, Container
from parity.testing.exceptions import NoSuchPortExposed
from parity.testing.scene import Scene
from parity.testing.service import ServiceContainer

_SECONDS = 60.0


class Service:
    """One service. Asks the engine at each call: after a reset it is another container."""

    def __init__(self, scene: Scene, name: str, url: str) -> None:
        self._scene = scene
        self.name = name
        self._url = url

    def __repr__(self) -> str:
        return f"<service {self.name} of {self._scene.stack}>"

    @property
    def host(self) -> str:
        """The address of this machine at which its ports answer."""
        return self._doors()[0].host

    @property
    def port(self) -> int:
        """The port of this machine for its only, or its lowest, port."""
        return min(self._doors(), key=lambda door: (door.protocol == "udp", door.port)).host_port

    def port_of(self, port: int) -> int:
        """The port of this machine behind which one of the container's is."""
        return self._scene.door(self.name, port).host_port

    @property
    def url(self) -> str:
        """`http://…`, or the database's URL with user and password."""
        if not self._url:
            raise NoSuchPortExposed(f"{self.name} has no URL: none of its ports is TCP")
        return self._url

    @property
    def container(self) -> ServiceContainer:
        """Its first container, with testcontainers' methods."""
        return ServiceContainer(self._scene, self._scene.container(self.name, stopped=True))

    def logs(self) -> str:
        """All it has written to both streams; of replicas, one after the other."""
        api: Any = self._scene.client.api
        with translated():
            told = [bytes(api.logs(one.id)) for one in self._replicas()]
        return b"".join(told).decode(errors="replace")

    def exec(self, command: str | Sequence[str]) -> Any:
        """Run a command in it; the SDK's (exit_code, output)."""
        return self.container.exec(command if isinstance(command, str) else list(command))

    def wait(self, timeout: float = _SECONDS) -> None:
        """Wait until all its replicas are ready (after a restart by the test); StackError says why one is not."""
        from parity.engine.readiness import Wait, wait

        known = self._scene.everything()
        gateway = next((c.id for c in known if c.service == GATEWAY), "")
        tcp = sorted(door.port for door in self._scene.doors(self.name) if door.protocol == "tcp")
        end = time.monotonic() + timeout
        for found in self._replicas():
            how = Wait(
                container=found.id,
                service=self.name,
                is_job=False,
                job_awaited=False,
                host=self.name,
                port=tcp[0] if tcp else None,
                own_program=False,
                gateway=gateway,
                timeout=max(end - time.monotonic(), 0.001),  # 0 would be as long as its check has
            )
            wait(self._scene.client, how, lambda: False)

    def _replicas(self) -> tuple[Container, ...]:
        first = self._scene.container(self.name, stopped=True)
        found = self._scene.containers(stopped=True)
        return tuple(one for one in found if one.service == first.service)

    def _doors(self) -> tuple[Door, ...]:
        found = self._scene.doors(self.name)
        if not found:
            raise NoSuchPortExposed(f"{self.name} has no port")
        return found


class Services(Mapping[str, Service]):
    """All services of a stack or fork that run."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._told = exports(scene.client, scene.stack)
        self._names = tuple(sorted({c.service for c in scene.containers()}))

    @property
    def variables(self) -> Mapping[str, str]:
        """What `parity run` would export: DATABASE_URL, PARITY_WEB_URL, … with passwords in it."""
        return dict(self._told)

    def __getitem__(self, name: str) -> Service:
        if name not in self._names:
            raise KeyError(f"{name}; there are: {', '.join(self._names)}")
        return Service(self._scene, name, self._told.get(f"PARITY_{variable(name)}_URL", ""))

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)
