"""`parity save`: seal the stack's data as it is now."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from parity.actions.data import data_of, open_store
from parity.actions.mended import mended
from parity.actions.mutex import mutex
from parity.actions.session import Session
from parity.actions.stand import remember, stand
from parity.engine.client import connect
from parity.errors import StateError
from parity.model.progress import Progress, Step
from parity.model.state import State
from parity.stack import labels
from parity.state import marks
from parity.state.discard import discard
from parity.state.heal import heal
from parity.state.leases import mine
from parity.state.names import check
from parity.state.seal import Sealing, seal

if TYPE_CHECKING:
    from docker import DockerClient


def save(session: Session, name: str, progress: Progress, *, replace: bool = False) -> State:
    """Seal a state of that name; `replace` lets it take the place of one there is."""
    check(name)
    if name in session.project.states:
        raise StateError(
            f"the state `{name}` is declared in parity.toml: it is built from what is said there",
            where=f"states.{name}",
            next_step="another name for the stack as it is now; `parity reset "
            f"{name}` builds the declared one",
        )
    project, stack = session.identity.project, session.identity.name
    with mutex(session, progress) as lock:
        _former(project, name, replace=replace)
        client = connect()
        mended(client, session, progress, lock)
        data = data_of(stack)
        if not data.containers:
            raise StateError(f"{stack} does not run", next_step="`parity up` first")
        store, backend = open_store(client, session, progress)
        heal(client, store, progress)
        before = _former(project, name, replace=replace)  # some may have been found again
        made = seal(
            client,
            store,
            backend,
            Sealing(
                name=name,
                project=project,
                containers=data.containers,
                attrs=data.attrs,
                volumes=data.volumes,
                live=marks.live(store.holds),
                definition=definition(session),
                parent=stand(session).state,
                marks=passing(session),
            ),
            progress,
        )
        remember(session, made.id)
        replaced(client, session, before, progress)
    return made


def _former(project: str, name: str, *, replace: bool) -> list[State]:
    """States of that name; StateError where there are and they may not go."""
    found = [state for state in marks.of_project(project) if state.name == name]
    if found and not replace:
        raise StateError(
            f"there is a state `{name}` already, of {found[-1].created}",
            next_step=f"`parity save {name} --replace`, or another name",
        )
    return found


def replaced(
    client: "DockerClient", session: Session, before: Sequence[State], progress: Progress
) -> None:
    """Take states away whose name another one has now; one in use stays until it is not."""
    for old in before:
        if used := marks.users(old.id):
            text = f"the former {old.name} ({old.id}) stays while it is in use: {', '.join(used)}"
            progress(Step("state", text, "warning"))
            continue
        store, _ = open_store(client, session, progress, old)
        discard(store, old)


def passing(session: Session) -> dict[str, str]:
    """Labels of what is there for a moment: no part of the stack, gone with its maker."""
    owned = labels.of(session.identity)
    del owned[labels.STACK]
    return {**owned, labels.LEASE: mine().to_json()}


def definition(session: Session) -> str:
    """Hash of what the stack was made from."""
    import hashlib

    try:
        return "sha256:" + hashlib.sha256(session.files.document.read_bytes()).hexdigest()
    except OSError:
        return ""
