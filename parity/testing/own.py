"""A stack that belongs to one test process: made by `up`, gone with its data after `down`."""

import contextlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace

from parity.actions.down import down
from parity.actions.environments import read_environment
from parity.actions.request import UpRequest
from parity.actions.resolve import resolve_stack
from parity.actions.session import Session, local_environment
from parity.actions.up import up
from parity.actions.watcher import Ward, watcher
from parity.engine import observe
from parity.errors import StackError
from parity.model.environment import Environment
from parity.model.progress import Step
from parity.model.stack import Container
from parity.paths import ensure_state, write_if_changed
from parity.testing import as_written, selection
from parity.testing.project import Wanted, find, own_session

log = logging.getLogger("parity.testing")


def told(step: Step) -> None:
    """Progress goes into the log, which pytest shows of a test that fails."""
    log.info("%s: %s", step.subject, step.text)


class OwnStack:
    """One stack in a slot of this process. Nothing is read or made before it is needed."""

    def __init__(
        self, wanted: Wanted, *, build: bool = False, publish: Sequence[tuple[str, int]] = ()
    ) -> None:
        self._wanted = wanted
        self._build = build
        self._publish = tuple(publish)
        self._session: Session | None = None
        self._slot = 0
        self._clean = False

    @property
    def session(self) -> Session:
        """The session of the stack; the first call takes the slot."""
        if self._session is None:
            self._session = self._open()
        return self._session

    @property
    def begun(self) -> bool:
        """Whether there may be anything of it."""
        return self._session is not None

    @property
    def name(self) -> str:
        """The stack's name."""
        return self.session.identity.name

    def up(self, request: UpRequest, *, keep: bool = False) -> Mapping[tuple[str, int], int]:
        """Bring it up; by service and host port of the definition, the container's ports.

        What an earlier run left in this slot goes first, unless it was to be kept.
        """
        if not self._clean and not keep:
            down(self.session, told, volumes=True)
        self._clean = True
        if not keep:
            watcher().watch(self._ward())
        result = up(self.session, request, told)
        return {
            (port.service, int(port.declared)): port.target
            for port in result.resolved.ports
            if port.declared.isdigit()
        }

    def down(self) -> None:
        """Remove it with its data, at once: nothing that a clean stop would save is kept."""
        self._kill()
        down(self.session, told, volumes=True)
        watcher().forget(self._ward())

    def stop(self) -> None:
        """Stop its containers; they and their data stay for the next start."""
        from parity import compose_cli

        if not self.session.files.document.is_file():
            return
        done = compose_cli.act([*self.compose_arguments(), "stop"])
        if not done.ok:
            raise StackError(
                f"{self.name} cannot be stopped",
                detail=done.stderr[-500:],
                next_step="`parity doctor` looks at the engine",
            )

    def compose_arguments(self) -> list[str]:
        """By which Docker Compose knows it."""
        return ["--file", str(self.session.files.document), "--project-name", self.name]

    def environment(self) -> Environment:
        """The definition as it is read, without the services that were not asked for."""
        if self._session is None and not self._wanted.services:
            found = find(self._wanted)
            name = local_environment(found.project)
            return read_environment(found.paths, found.project, name).result()
        return _read(self.session)

    def _kill(self) -> None:
        from docker.errors import APIError

        from parity.engine.client import connect
        from parity.engine.execute import in_parallel

        running = [c for c in observe.of_stack(self.name) if c.state == "running"]
        if not running:
            return
        client = connect()

        def kill(container: Container) -> None:
            with contextlib.suppress(APIError):  # it ends by itself in this moment
                client.api.kill(container.id)

        in_parallel(kill, running)
        client.close()

    def _ward(self) -> Ward:
        identity = self.session.identity
        return Ward(identity.worktree, identity.name, identity.project, self._slot)

    def _open(self) -> Session:
        found = find(self._wanted)
        session, self._slot = own_session(found, self._wanted)
        ensure_state(session.files.folder)
        if found.paths.lock.is_file():
            write_if_changed(session.paths.lock, found.paths.lock.read_text())
        if self._build or found.bare:
            session = _building(session)
        if self._wanted.services:
            session = _choosing(session, self._wanted.services, self._publish)
        return _as_written(session) if found.bare else session


def _read(session: Session) -> Environment:
    return read_environment(session.paths, session.project, session.environment_name).result()


def _with_local(session: Session, **changes: object) -> Session:
    local = replace(session.project.local, **changes)  # type: ignore[arg-type]
    return replace(session, project=replace(session.project, local=local))


def _building(session: Session) -> Session:
    """Images are built here where the definition says how."""
    services = _read(session).services
    build = [name for name, service in services.items() if service.get("build")]
    return _with_local(session, build=tuple({*session.project.local.build, *build}))


def _choosing(
    session: Session, wanted: tuple[str, ...], publish: tuple[tuple[str, int], ...]
) -> Session:
    """Only some services and what they need. Other notations than Compose run as a whole."""
    environment = _read(session)
    kept = selection.with_needed(environment.services, wanted)
    if environment.source != "compose" or (kept == environment.services.keys() and not publish):
        return session
    file = session.files.folder / "selection.yaml"
    write_if_changed(file, selection.overlay(environment.services, kept, publish))
    table = replace(session.environment, files=(*environment.files, str(file)))
    environments = {**session.project.environments, session.environment_name: table}
    project = replace(session.project, environments=environments)
    return replace(session, project=selection.without_others(project, kept))


def _as_written(session: Session) -> Session:
    resolution = resolve_stack(session, told)
    tables = as_written.restored(resolution.environment, resolution.resolved.overrides)
    return _with_local(session, override=(*session.project.local.override, *tables))
