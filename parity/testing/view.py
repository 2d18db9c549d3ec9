"""What can be asked of a running stack or fork: DockerCompose's questions, and a few more."""

import time
from abc import ABC, abstractmethod
from typing import Any, Self

from parity import compose_cli
from parity.errors import UsageError
from parity.process import CommandFailed
from parity.testing.scene import Scene
from parity.testing.service import Runnable, ServiceContainer

_URL_SECONDS = 120


class StackView(ABC):
    """The methods that need a running stack; how it begins and ends is another's business."""

    @property
    @abstractmethod
    def scene(self) -> Scene:
        """The running stack, as the other classes look at it."""

    @abstractmethod
    def compose_arguments(self) -> list[str]:
        """By which Docker Compose knows the stack."""

    def get_containers(self, include_all: bool = False) -> list[ServiceContainer]:
        """The services' containers that run, or all of them."""
        found = self.scene.containers(stopped=include_all)
        return [ServiceContainer(self.scene, container) for container in found]

    def get_container(
        self,
        service_name: str | None = None,
        include_all: bool = False,
    ) -> ServiceContainer:
        """The first container of a service, or the only one; ContainerIsNotRunning."""
        found = self.scene.container(service_name or "", stopped=include_all)
        return ServiceContainer(self.scene, found)

    def get_service_port(self, service_name: str | None = None, port: int | None = None) -> int:
        """The port of this machine behind which a service's port is; NoSuchPortExposed."""
        return self.scene.door(self._running(service_name), port).host_port

    def get_service_host(self, service_name: str | None = None, port: int | None = None) -> str:
        """The address at which it answers."""
        return self.scene.door(self._running(service_name), port).host

    def get_service_host_and_port(
        self, service_name: str | None = None, port: int | None = None
    ) -> tuple[str, int]:
        """Both of them."""
        door = self.scene.door(self._running(service_name), port)
        return door.host, door.host_port

    def get_container_host_ip(self) -> str:
        """The address of this machine at which the stack's ports answer."""
        found = self.scene.doors()
        return found[0].host if found else "127.0.0.1"

    def get_exposed_port(self, port: int) -> int:
        """The port of this machine behind which a container's port is, of the one service that has it."""
        return self.scene.door("", int(port)).host_port

    def get_connection_url(self, service_name: str | None = None, driver: str | None = None) -> str:
        """The URL of the database that a service is; of the only database where none is named."""
        from parity.testing.urls import only_database

        container = (
            self.scene.container(service_name) if service_name else only_database(self.scene)
        )
        return ServiceContainer(self.scene, container).get_connection_url(driver)

    def get_logs(self, *services: str) -> tuple[str, str]:
        """What the services have logged, as Docker Compose prints it: stdout and stderr."""
        names = services or sorted({c.service for c in self.scene.containers(stopped=True)})
        done = compose_cli.act([*self.compose_arguments(), "logs", *names])
        if not done.ok:
            raise UsageError(
                f"no logs of {', '.join(names)}",
                detail=done.stderr[-500:],
                next_step="`parity ps` lists the services",
            )
        return done.stdout, done.stderr

    def exec_in_container(
        self, command: list[str], service_name: str | None = None
    ) -> tuple[str, str, int]:
        """Run a command in a service: stdout, stderr, exit code. Raises CalledProcessError if that is not 0."""
        out, err, code = self.get_container(service_name).run(command)
        if code:
            raise CommandFailed(code, command, out, err)
        return out, err, code

    def exec(self, command: Runnable, service_name: str | None = None) -> Any:
        """Run a command in a service: the SDK's (exit_code, output), whatever the code."""
        return self.get_container(service_name).exec(command)

    def wait_for(self, url: str) -> Self:
        """Wait until a URL answers with success; TimeoutError."""
        from urllib.request import urlopen

        end = time.monotonic() + _URL_SECONDS
        while time.monotonic() < end:
            try:
                with urlopen(url, timeout=5):  # noqa: S310 - the test's own URL
                    return self
            except OSError:
                time.sleep(0.2)
        raise TimeoutError(f"{url} did not answer within {_URL_SECONDS} s")

    @property
    def network(self) -> Any:
        """The network that other containers can join: the stack's `default`, or its only one."""
        return self.get_network()

    def get_network(self, key: str = "") -> Any:
        """One of the stack's networks by its name in the definition; see StackNetwork."""
        from parity.testing.network import StackNetwork, networks, only

        return StackNetwork(self.scene, only(networks(self.scene), key))

    def _running(self, service: str | None) -> str:
        return self.scene.container(service or "").service
