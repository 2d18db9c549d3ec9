"""`parity states`: which start states there are, what they take, and who uses them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.actions.missing import look
from parity.actions.session import Session
from parity.actions.usage import User, users
from parity.engine.client import connect
from parity.engine.images import gateway_tag, present
from parity.model.progress import Progress, silent
from parity.model.state import State
from parity.state import marks
from parity.state.store import open_store

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Listed:
    """A state and what is about it.

    `disk` are the bytes it takes, `own` those of them that no other state or stack shares; None
    where nobody could look. `parent` is the name of the state the stack stood on; its id where that
    one is gone. `declared` says that parity.toml tells how it is built.
    """

    state: State
    disk: int | None
    own: int | None
    users: tuple[User, ...]
    parent: str = ""
    declared: bool = False


def states(session: Session, name: str = "", progress: Progress = silent) -> tuple[Listed, ...]:
    """All states of the project, oldest first, or those of a name. Lost ones are looked for first."""
    project = session.identity.project
    look(session, progress)
    there = marks.of_project(project)
    wanted = marks.named(project, name) if name else there
    if not wanted:
        return ()
    used = users(session)
    sizes = _sizes(connect(), session, wanted)
    names = {state.id: state.name for state in there}
    return tuple(
        Listed(
            state=state,
            disk=sizes.get(state.id, {}).get("disk"),
            own=sizes.get(state.id, {}).get("own"),
            users=used.get(state.id, ()),
            parent=names.get(state.parent, state.parent),
            declared=state.name in session.project.states,
        )
        for state in wanted
    )


def _sizes(
    client: "DockerClient", session: Session, wanted: tuple[State, ...]
) -> dict[str, dict[str, int]]:
    """By the state's id. Looking builds no image."""
    image = gateway_tag(session.project.local.gateway_base)
    if not present(client, image):
        return {}
    found: dict[str, dict[str, int]] = {}
    for volume in sorted({state.store for state in wanted}):
        places = {marks.place(s.id): s.id for s in wanted if s.store == volume}
        told = open_store(client, image, volume).run("sizes", paths=list(places))
        found |= {places[place]: size for place, size in told.items()}
    return found
