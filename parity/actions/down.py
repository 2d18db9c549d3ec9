"""`parity down`: remove what belongs to the stack, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity.actions.mutex import mutex
from parity.actions.session import Session
from parity.actions.stand import forget
from parity.engine import execute, observe
from parity.engine.client import connect
from parity.model.progress import Progress
from parity.stack import labels
from parity.state import marks
from parity.state.lying import Lying, all_lying

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class DownResult:
    """What was removed, by name; `forks` are those of the stack that stay."""

    containers: tuple[str, ...]
    networks: tuple[str, ...]
    volumes: tuple[str, ...]
    forks: tuple[str, ...] = ()


def down(session: Session, progress: Progress, *, volumes: bool = False) -> DownResult:
    """Remove containers and networks of the stack; its data only when `volumes` says so.

    Its forks have all they need of their own, and somebody may work in them: they stay.
    """
    stack = session.identity.name
    with mutex(session, progress):
        containers = observe.of_stack(stack)
        client = connect()
        places = all_lying(marks.volumes_of(stack)).values() if volumes else ()
        execute.remove_containers(client, stack, containers, progress)
        networks = execute.remove_networks(client, stack)
        gone = execute.remove_volumes(client, stack) if volumes else ()
        session.files.applied.unlink(missing_ok=True)
        if volumes:
            forget(session)
        if places:
            _discard(client, session, places, progress)
    return DownResult(tuple(c.name for c in containers), networks, gone, _forks(stack))


def _forks(stack: str) -> tuple[str, ...]:
    found = observe.containers(f"{labels.ORIGIN}={stack}")
    return tuple(sorted({container.labels.get(labels.FORK, "") for container in found}))


def _discard(
    client: "DockerClient", session: Session, places: Iterable[Lying], progress: Progress
) -> None:
    from parity.actions.data import open_store
    from parity.state.live import leave

    store, _ = open_store(client, session, progress)
    leave(store, places)
