"""Put a start state in the place of a stack's data, and finish what a killed command began."""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parity.actions.data import data_of, open_store
from parity.actions.missing import look
from parity.actions.session import Session
from parity.actions.stand import keep_marks, known_marks, remember, stand
from parity.engine.execute import in_parallel, start
from parity.errors import StateError
from parity.model.progress import Progress, Step
from parity.model.stack import Container
from parity.model.state import State
from parity.stack import labels
from parity.state import marks
from parity.state.inspected import service
from parity.state.replace import Replacing, replace

if TYPE_CHECKING:
    from docker import DockerClient


def restore(
    client: "DockerClient",
    session: Session,
    state: State,
    progress: Progress,
    *,
    jobs: Collection[str] = (),
    begin: bool = True,
) -> tuple[str, ...]:
    """Bring the data of a stack whose containers are all there to `state`.

    Names of the services that were made again; with `begin` those that ran are started. `jobs` are
    services that end by themselves and have not run yet: the state holds what those of its own
    images do.
    """
    store, backend = open_store(client, session, progress, state)
    data = data_of(session.identity.name)
    what = Replacing(
        stack=session.identity.name,
        attrs=data.attrs,
        volumes=data.volumes,
        marks=labels.of(session.identity),
        live=data.live,
        empty=state.empty,
        done={service(a) for a in data.attrs if service(a) in jobs and _knows(state, a)},
        begin=begin,
        known=known_marks(session.files),
    )
    # Until this says otherwise the data may be half there, and the next command finishes it.
    remember(session, state.id, pending=True)
    done = replace(client, store, backend, what, state, progress)
    keep_marks(session.files, done.marks)
    for name in done.left:
        progress(Step(name, "was not written to, and is left as it is", "done"))
    remember(session, state.id)
    return done.services


def finish(
    client: "DockerClient", session: Session, jobs: Collection[str], progress: Progress
) -> tuple[str, ...]:
    """Finish a reset that was begun: nobody may start with what it left. Nothing is started."""
    state = unfinished(session)
    progress(Step(state.name, "its data is put in place before anything starts"))
    return restore(client, session, state, progress, jobs=jobs, begin=False)


def unfinished(session: Session) -> State:
    """The state that a reset is on its way to; StateError where it is gone."""
    wanted = stand(session).state
    for again in (False, True):
        if again and not look(session):
            break
        states = marks.of_project(session.identity.project)
        found = next((state for state in states if state.id == wanted), None)
        if found is not None:
            return found
    known = ", ".join(dict.fromkeys(state.name for state in states)) or "none"
    raise StateError(
        f"a reset was not finished, and the state it went to ({wanted}) is gone",
        next_step=f"`parity reset NAME` (there are: {known}), or `parity down --volumes`",
    )


def go_on(client: "DockerClient", containers: Sequence[Container]) -> None:
    """Let go on what a killed command has left paused."""
    in_parallel(
        lambda container: start(client, container), [c for c in containers if c.state == "paused"]
    )


def _knows(state: State, attrs: Mapping[str, Any]) -> bool:
    """Whether the state was made with this image: with another one a migration may be missing."""
    return bool(state.images.get(service(attrs)) == attrs["Image"])
