"""`parity logs` and `parity exec`: Docker Compose does them, on the stack's own document."""

import difflib
from collections.abc import Iterable, Sequence

from parity import compose_cli
from parity.actions.session import Session
from parity.engine import observe
from parity.errors import FindingError, UsageError
from parity.model.stack import Container
from parity.stack import labels


def logs(
    session: Session, services: Sequence[str], *, follow: bool, tail: str, timestamps: bool
) -> int:
    """Print logs on the user's terminal; returns Compose's exit code."""
    found = _containers(session, services)
    flags = [
        "--tail",
        tail,
        *(["--follow"] if follow else []),
        *(["--timestamps"] if timestamps else []),
    ]
    return compose_cli.hand_over([*_stack(session, found), "logs", *flags, *services])


def execute(
    session: Session, service: str, command: Sequence[str], *, user: str, index: int, terminal: bool
) -> int:
    """Run a command in a service on the user's terminal; returns its exit code."""
    found = _containers(session, [service])
    states = [c.state for c in found if c.service == service]
    if "running" not in states:
        raise FindingError(
            f"{service} does not run: it is {states[0]}",
            where=service,
            next_step=f"`parity up` starts it; `parity logs {service}` tells what it said",
        )
    flags = [] if terminal else ["--no-TTY"]
    flags += ["--user", user] if user else []
    flags += ["--index", str(index)] if index else []
    return compose_cli.hand_over([*_stack(session, found), "exec", *flags, service, *command])


def _containers(session: Session, services: Iterable[str]) -> tuple[Container, ...]:
    """The stack's containers; raises where there are none, or none of a service."""
    found = observe.of_stack(session.identity.name)
    if not found:
        raise UsageError(f"{session.identity.name} is not up", next_step="`parity up` starts it")
    known = sorted({container.service for container in found if container.service})
    for service in services:
        if service not in known:
            near = difflib.get_close_matches(service, known, n=1)
            raise UsageError(
                f"no service `{service}` in {session.identity.name}",
                next_step=f"did you mean `{near[0]}`?"
                if near
                else f"there are: {', '.join(known)}",
            )
    return found


def _stack(session: Session, found: Sequence[Container]) -> list[str]:
    """A fork has no document, and a stack of another worktree has it there: Compose goes by labels."""
    name = ["--project-name", session.identity.name]
    document = session.files.document
    if any(labels.FORK in container.labels for container in found) or not document.is_file():
        return name
    return ["--file", str(document), *name]
