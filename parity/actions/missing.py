"""States whose marker was lost are looked for when a state is not found, and exist again then."""

from parity.actions.session import Session
from parity.engine.client import connect
from parity.engine.images import gateway_tag, present
from parity.errors import ParityError, StateError
from parity.model.progress import Progress, silent
from parity.model.state import State
from parity.state import heal, lost, marks
from parity.state.store import open_store


def look(session: Session, progress: Progress = silent) -> bool:
    """Make lost markers again in every store there is; whether there may be more states than before.

    It builds no image. Another command may have made one again at the same moment.
    """
    names = lost.stores()
    if not names:
        return False
    client, image = connect(), gateway_tag(session.project.local.gateway_base)
    if not present(client, image):
        return False
    found: list[State] = []
    for name in names:
        try:
            found += lost.found_again(open_store(client, image, name))
        except ParityError:
            continue  # what is missing is told by whoever missed it
    heal.tell(found, progress)
    return True


def there_is_none(session: Session) -> bool:
    """Whether the project has no state at all."""
    project = session.identity.project
    return not marks.of_project(project) and not (look(session) and marks.of_project(project))


def named(session: Session, name: str, progress: Progress = silent) -> tuple[State, ...]:
    """All states of that name, as `marks.named`; looked for where there is none."""
    project = session.identity.project
    try:
        return marks.named(project, name)
    except StateError:
        if not look(session, progress):
            raise
    return marks.named(project, name)


def find(session: Session, name: str, progress: Progress = silent) -> State:
    """The state of that name, as `marks.find`; looked for where there is none."""
    return named(session, name, progress)[-1]
