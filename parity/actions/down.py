"""`parity down`: remove what belongs to the stack, and nothing else."""

from dataclasses import dataclass

from parity.actions.mutex import mutex
from parity.actions.session import Session
from parity.engine import execute, observe
from parity.engine.client import connect
from parity.model.progress import Progress


@dataclass(frozen=True)
class DownResult:
    """What was removed, by name."""

    containers: tuple[str, ...]
    networks: tuple[str, ...]
    volumes: tuple[str, ...]


def down(session: Session, progress: Progress, *, volumes: bool = False) -> DownResult:
    """Remove containers and networks of the stack; its data only when `volumes` says so."""
    stack = session.identity.name
    with mutex(session, progress):
        containers = observe.of_stack(stack)
        client = connect()
        execute.remove_containers(client, stack, containers, progress)
        networks = execute.remove_networks(client, stack)
        gone = execute.remove_volumes(client, stack) if volumes else ()
        session.files.applied.unlink(missing_ok=True)
    return DownResult(tuple(c.name for c in containers), networks, gone)
