"""The fixtures of pytest-docker by their names, on a fork of production's stack. Not where it is installed."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from parity.testing.tests_run import RUN

if TYPE_CHECKING:
    from parity.testing.fork import TestFork


class Services:
    """pytest-docker's `Services`."""

    def __init__(self, fork: "TestFork") -> None:
        self._fork = fork

    def port_for(self, service: str, container_port: int) -> int:
        """The port of this machine behind which a service's port is."""
        return self._fork.get_service_port(service, container_port)

    def wait_until_responsive(
        self,
        check: Callable[[], Any],
        timeout: float,
        pause: float,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        """Wait until `check` is true; an Exception after `timeout` seconds, as pytest-docker has it."""
        end = clock() + timeout
        while clock() < end:
            if check():
                return
            time.sleep(pause)
        raise Exception("Timeout reached while waiting on service!")  # noqa: TRY002 - its users catch that


@pytest.fixture(scope="session")
def docker_ip(parity_stack: "TestFork") -> str:
    """The address of this machine at which the services answer."""
    return parity_stack.get_container_host_ip()


@pytest.fixture(scope="session")
def docker_services(parity_stack: "TestFork") -> Services:
    """`port_for` and `wait_until_responsive`, on the fork of this run."""
    return Services(parity_stack)


@pytest.fixture(scope="session")
def docker_compose_project_name(parity_stack: "TestFork") -> str:
    """The project's name for Docker Compose."""
    return parity_stack.stack


@pytest.fixture(scope="session")
def docker_compose_command() -> str:
    """How Docker Compose is called."""
    from parity.compose_cli import executable

    return executable()


@pytest.fixture(scope="session")
def docker_compose_file(request: pytest.FixtureRequest) -> list[str]:
    """The files of the definition that runs. Overriding it changes nothing: production says what runs."""
    session = request.config.stash[RUN].lending.session
    return [str(session.paths.root / file) for file in session.environment.files]


@pytest.fixture(scope="session")
def docker_setup() -> list[str]:
    """Nothing to do: parity brings the stack up."""
    return []


@pytest.fixture(scope="session")
def docker_cleanup() -> list[str]:
    """Nothing to do: the fork goes with the run."""
    return []
