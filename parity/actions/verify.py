"""`parity verify`: is a start state what was sealed, and can its engines begin from it?"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.actions.data import Data, data_of, open_store
from parity.actions.missing import named
from parity.actions.save import passing
from parity.actions.session import Session
from parity.engine.client import connect
from parity.model.progress import Progress, Step
from parity.model.state import State
from parity.state import marks
from parity.state.examining import examinable, examine_state

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Verified:
    """What was found. `examined` are services whose engines looked, `unasked` those that could not:
    the stack that has their containers is not there.
    """

    state: State
    damages: tuple[str, ...]
    examined: tuple[str, ...] = ()
    unasked: tuple[str, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether nothing is wrong with it."""
        return not self.damages


def verify(
    session: Session, name: str, progress: Progress, *, digests_only: bool = False
) -> tuple[Verified, ...]:
    """Look at the states of a name, or at all of the project.

    Every file is read again and compared with what was sealed. Where that holds, each data engine
    boots on a copy and checks its own data.
    """
    project = session.identity.project
    wanted = named(session, name, progress) if name else marks.of_project(project)
    client, data = connect(), data_of(session.identity.name)
    return tuple(
        _verified(client, session, state, data, progress, digests_only=digests_only)
        for state in wanted
    )


def _verified(
    client: "DockerClient",
    session: Session,
    state: State,
    data: Data,
    progress: Progress,
    *,
    digests_only: bool,
) -> Verified:
    progress(Step(state.name, f"reading {state.files} files, {state.bytes / 1e6:.1f} MB"))
    store, backend = open_store(client, session, progress, state)
    digests = {str(n): volume.digest for n, volume in enumerate(state.volumes)}
    found = store.run("verify", state=state.id, volumes=digests)
    damages = [_told(state, int(n), one["digest"], one["paths"]) for n, one in found.items()]
    if damages or digests_only:
        return Verified(state, tuple(damages))
    containers = examinable(data.attrs, data.volumes, state)
    for service, attrs in containers.items():
        said = examine_state(
            client, store, backend, state, attrs, data.volumes, passing(session), progress
        )
        damages += [f"{service}: {text}" for text in said]
    unasked = sorted(set(state.engines) - set(containers) - set(state.empty))
    return Verified(state, tuple(damages), tuple(sorted(containers)), tuple(unasked))


def _told(state: State, number: int, digest: str, paths: list[str]) -> str:
    volume = state.volumes[number]
    if not digest:
        return f"volume {volume.key} is gone"
    if not paths:
        return (
            f"volume {volume.key} is not what was sealed: {digest[:19]}, not {volume.digest[:19]}"
        )
    return f"volume {volume.key}: {'; '.join(paths)}"
