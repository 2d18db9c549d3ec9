"""A fork in the hands of a test."""

from functools import cached_property
from typing import Any

from parity.model.state import Fork, State
from parity.testing.scene import Scene
from parity.testing.services import Service, Services
from parity.testing.view import StackView

SHARED = "shared with earlier tests"


class TestFork(StackView):
    """An isolated copy of the whole stack: `services` by name, and all that ParityStack can be asked."""

    __test__ = False

    def __init__(self, fork: Fork, state: State | None, began: str, authority: str = "") -> None:
        self.fork = fork
        self.authority = authority
        """File of the certificate that the fork's `https://` is trusted by; empty where it has none."""
        self.start_state = state
        self.began = began
        """`proved`, or what speaks against its having begun from the state."""
        self._scene = Scene(fork.stack)
        self._users = 0

    def __repr__(self) -> str:
        return f"<fork {self.name} from {self.state or 'nothing'}>"

    @property
    def scene(self) -> Scene:
        """The running fork, as the other classes look at it."""
        return self._scene

    @property
    def name(self) -> str:
        """Its name: `parity down --fork NAME`."""
        return self.fork.name

    @property
    def stack(self) -> str:
        """Its name as a stack: `parity -p STACK logs`."""
        return self.fork.stack

    @property
    def state(self) -> str:
        """Name of the start state; empty where it began with nothing."""
        return self.start_state.name if self.start_state else ""

    @cached_property
    def services(self) -> Services:
        """The services that run, by name."""
        return Services(self._scene)

    def __getitem__(self, service: str) -> Service:
        return self.services[service]

    def url(self, service: str) -> str:
        """A service's URL."""
        return self.services[service].url

    def compose_arguments(self) -> list[str]:
        """By which Docker Compose knows the fork."""
        return ["--project-name", self.stack]

    def properties(self) -> list[tuple[str, str]]:
        """What a result with this fork has to be told with, to be had again.

        The first test that has it begins from the state; others begin from what that one left.
        """
        state = self.start_state
        began, self._users = self.began if not self._users else SHARED, self._users + 1
        if state is None:
            return [("parity.fork", self.name), ("parity.state", "")]
        rows: list[tuple[str, Any]] = [
            ("parity.fork", self.name),
            ("parity.state", state.name),
            ("parity.state_digest", state.digest),
            ("parity.definition", state.definition),
            ("parity.began", began),
            *(
                (f"parity.image.{service}", image)
                for service, image in sorted(state.images.items())
            ),
        ]
        return [(name, str(value)) for name, value in rows]

    def how_to_enter(self) -> str:
        """For people: what to type to look around in a fork that was kept."""
        names = " ".join(sorted({c.service for c in self._scene.containers()}))
        return (
            f"parity -p {self.stack} exec SERVICE sh   (SERVICE: {names})\n"
            f"parity -p {self.stack} logs\n"
            f"parity down --fork {self.name}"
        )

    def close(self) -> None:
        """Give the connections back; the fork itself stays."""
        self._scene.close()
