"""A fork of the project's stack in the place of a stack of its own: from a start state, with every port."""

from collections.abc import Mapping
from contextlib import ExitStack

from parity.actions.environments import read_environment
from parity.actions.request import UpRequest
from parity.actions.run import forked
from parity.actions.session import Session, open_session
from parity.errors import UsageError
from parity.model.environment import Environment
from parity.model.state import Fork
from parity.testing.own import told
from parity.testing.project import Wanted, find


class ForkedStack:
    """Made by `up`, gone after `down`, as OwnStack is; stopping it is not for forks."""

    def __init__(self, wanted: Wanted, state: str) -> None:
        self._wanted = wanted
        self._state = state
        self._held = ExitStack()
        self._fork: Fork | None = None
        self._session: Session | None = None

    @property
    def session(self) -> Session:
        """The session of the stack that it is made like."""
        if self._session is None:
            found = find(self._wanted)
            if found.bare or self._wanted.files or self._wanted.env_files or self._wanted.profiles:
                raise UsageError(
                    "a fork is one of a project's stack: of what its parity.toml names",
                    next_step="leave files, env files and profiles out, or `state` and `fork`",
                )
            self._session = open_session(found.paths, found.project)
        return self._session

    @property
    def begun(self) -> bool:
        """Whether there is anything of it."""
        return self._fork is not None

    @property
    def name(self) -> str:
        """Its name as a stack."""
        if self._fork is None:
            raise UsageError("it is not started", next_step="call start(), or use `with`")
        return self._fork.stack

    def up(self, request: UpRequest, *, keep: bool = False) -> Mapping[tuple[str, int], int]:
        """Make the fork. A stack that is not there yet is brought up for it."""
        del request, keep
        if self._fork is None:
            made = forked(
                self.session,
                state=self._state,
                empty=not self._state,
                services=self._wanted.services,
                progress=told,
            )
            self._fork = self._held.enter_context(made)
        return {}

    def down(self) -> None:
        """Remove it with its data."""
        self._held.close()
        self._fork = None

    def stop(self) -> None:
        """A fork has nothing to keep: it goes."""
        self.down()

    def compose_arguments(self) -> list[str]:
        """By which Docker Compose knows it."""
        return ["--project-name", self.name]

    def environment(self) -> Environment:
        """The definition as it is read."""
        session = self.session
        return read_environment(session.paths, session.project, session.environment_name).result()
