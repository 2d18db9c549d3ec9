"""`parity save`: seal the stack's data as it is now."""

from parity.actions.data import data_of, open_store, remember, stand
from parity.actions.mutex import mutex
from parity.actions.session import Session
from parity.engine.client import connect
from parity.errors import StateError
from parity.model.progress import Progress
from parity.model.state import State
from parity.stack import labels
from parity.state import marks
from parity.state.leases import mine
from parity.state.names import check
from parity.state.seal import Sealing, seal


def save(session: Session, name: str, progress: Progress, *, replace: bool = False) -> State:
    """Seal a state of that name; `replace` lets it take the place of one there is."""
    check(name)
    project, stack = session.identity.project, session.identity.name
    with mutex(session, progress):
        before = [state for state in marks.of_project(project) if state.name == name]
        if before and not replace:
            raise StateError(
                f"there is a state `{name}` already, of {before[-1].created}",
                next_step=f"`parity save {name} --replace`, or another name",
            )
        data = data_of(stack)
        if not data.containers:
            raise StateError(f"{stack} does not run", next_step="`parity up` first")
        client = connect()
        store, backend = open_store(client, session, progress)
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
                live=data.live,
                definition=definition(session),
                parent=stand(session).state,
                marks=passing(session),
            ),
            progress,
        )
        remember(session, made.id)
        for old in before:
            if not marks.users(old.id):
                marks.withdraw(client, old)
                store.run("clone", reflink="never", remove=[marks.place(old.id)])
    return made


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
