"""`parity ps`: the stack's containers as they are."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from parity.actions.addresses import INGRESS, Address, of_stack
from parity.actions.session import Session
from parity.engine import observe
from parity.model.stack import Container
from parity.stack import labels, plan


def ps(session: Session) -> list[dict[str, Any]]:
    """One row a container: service, name, id, state with health, image, host addresses and URLs."""
    containers = observe.of_stack(session.identity.name)
    found = of_stack(containers, _worktree(session, containers))
    return [
        {
            "service": container.service,
            "name": container.name,
            "id": container.id,
            "state": _state(container),
            "image": container.image,
            "address": ", ".join(f"{a.host}:{a.port}" for a in _of(container, found)),
            "urls": [a.url for a in _of(container, found) if a.url],
        }
        for container in containers
        if container.role != labels.HOLDER
    ]


def _state(container: Container) -> str:
    if plan.is_done(container):
        return "done (its work is in the start state)"
    if container.state == "exited":
        return f"exited ({container.exit_code})"
    return f"{container.state} ({container.health})" if container.health else container.state


def _worktree(session: Session, containers: Sequence[Container]) -> Path:
    """Whose stack it is: `-p` may name another worktree's."""
    paths = {Path(c.labels[labels.WORKTREE]) for c in containers if labels.WORKTREE in c.labels}
    return paths.pop() if len(paths) == 1 else session.paths.root


def _of(container: Container, found: Sequence[Address]) -> list[Address]:
    """The addresses of a container's service; the ingress is the gateway's own."""
    name = INGRESS if container.role == "gateway" else container.service
    return [address for address in found if address.service == name]
