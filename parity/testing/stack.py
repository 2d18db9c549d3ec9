"""ParityStack: the whole stack in the place of testcontainers' DockerCompose."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from parity.actions.request import UpRequest
from parity.errors import ParityError, UsageError
from parity.testing.forked import ForkedStack
from parity.testing.own import OwnStack
from parity.testing.project import Wanted
from parity.testing.scene import Scene
from parity.testing.view import StackView

_Names = str | Sequence[str] | None


class ParityStack(StackView):
    """Starts the project at `context` by parity's own `up`, and takes it down with its data.

    A folder with a parity.toml runs what production runs: its images, settings and limits, with
    stand-ins for its secrets. One with Compose files alone runs those as they are written. The
    arguments are DockerCompose's, in its order; `environment` names another one of parity.toml.

    With `state` it is a fork that begins from that start state, with `fork` alone one that begins
    with nothing. A fork has every port of its services on this machine, those included that
    production publishes nowhere.
    """

    def __init__(
        self,
        context: str | os.PathLike[str] = ".",
        compose_file_name: _Names = None,
        pull: bool = False,
        build: bool = False,
        wait: bool = True,
        keep_volumes: bool = False,
        env_file: _Names = None,
        services: Sequence[str] | None = None,
        docker_command_path: str | None = None,
        profiles: Sequence[str] | None = None,
        quiet_pull: bool = False,
        quiet_build: bool = False,
        *,
        environment: str = "",
        state: str = "",
        fork: bool = False,
    ) -> None:
        # Kept for whoever reads them: parity finds Docker Compose itself, and its steps are logged.
        self.docker_command_path, self.quiet_pull = docker_command_path, quiet_pull
        self.quiet_build = quiet_build
        self.context = context
        self.pull, self.build, self.wait, self.keep_volumes = pull, build, wait, keep_volumes
        self.compose_file_name = _names(compose_file_name)
        self.env_file, self.services = _names(env_file), _names(services)
        self.profiles = _names(profiles)
        wanted = Wanted(
            Path(context),
            tuple(self.compose_file_name or ()),
            tuple(self.env_file or ()),
            tuple(self.profiles or ()),
            tuple(self.services or ()),
            environment,
        )
        self._own = ForkedStack(wanted, state) if state or fork else OwnStack(wanted, build=build)
        self._scene: Scene | None = None
        self._declared: Mapping[tuple[str, int], int] = {}
        self._strategies: Mapping[str, Any] = {}

    def __enter__(self) -> Self:
        try:
            return self.start()
        except BaseException:
            self.stop(down=not self.keep_volumes)
            raise

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop(down=not self.keep_volumes)

    @property
    def scene(self) -> Scene:
        """The running stack, as the other classes look at it."""
        if self._scene is None:
            self._scene = Scene(self._own.name, self._declared)
        return self._scene

    def start(self) -> Self:
        """Bring the stack up, and wait until every service is ready unless `wait` is off."""
        request = UpRequest(wait=self.wait, pull="always" if self.pull else "missing")
        try:
            self._declared = self._own.up(request, keep=self.keep_volumes)
        except ParityError as error:
            _explain(error)
            raise
        self._forget()
        for service, strategy in self._strategies.items():
            strategy.wait_until_ready(self.get_container(service))
        return self

    def stop(self, down: bool = True) -> None:
        """Remove the stack with its data; with `down` off its containers are only stopped."""
        from parity.testing.network import send_guests_away

        if not self._own.begun:
            return
        if down:
            send_guests_away(self.scene)
            self._own.down()
        else:
            self._own.stop()
        self._forget()

    def waiting_for(self, strategies: Mapping[str, Any]) -> Self:
        """Testcontainers' wait strategies by service; `start` ends when they are content as well."""
        self._strategies = strategies
        return self

    def get_config(
        self, *, path_resolution: bool = True, normalize: bool = True, interpolate: bool = True
    ) -> dict[str, Any]:
        """The definition as Docker Compose understands it, before parity fits it to this machine."""
        if not (path_resolution and normalize and interpolate):
            raise UsageError(
                "the definition is read once, with paths, names and variables resolved",
                next_step="`docker compose config` prints other forms",
            )
        return self._own.environment().document

    def compose_arguments(self) -> list[str]:
        """By which Docker Compose knows the stack."""
        return self._own.compose_arguments()

    def _forget(self) -> None:
        if self._scene is not None:
            self._scene.close()
            self._scene = None


def _names(value: _Names) -> list[str] | None:
    if value is None:
        return None
    return [value] if isinstance(value, str) else [str(one) for one in value]


def _explain(error: ParityError) -> None:
    """A test's report shows the notes of an error, and nothing else of it but its message."""
    for title, text in (("at", error.where), ("evidence", error.detail), ("next", error.next_step)):
        if text:
            error.add_note(f"{title}: {text}")
