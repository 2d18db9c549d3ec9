"""Ownership by label: what carries ours is ours, nothing else is ever removed."""

from typing import Final

from parity.model.stack import GATEWAY, Identity
from parity.stack.draft import Draft

PREFIX: Final = "dev.parity."
STACK: Final = "dev.parity.stack"
PROJECT: Final = "dev.parity.project"
WORKTREE: Final = "dev.parity.worktree"
SERVICE: Final = "dev.parity.service"
ROLE: Final = "dev.parity.role"
HASH: Final = "dev.parity.hash"

STATE: Final = "dev.parity.state"
MANIFEST: Final = "dev.parity.manifest"
LIVE: Final = "dev.parity.live"
"""On a volume: the directory of the store that it is."""
FROM: Final = "dev.parity.from"
"""On a volume: the state that it began from."""
DONE: Final = "dev.parity.done"
"""On a job that was made again and not started: its work is in the data of this state."""
FORK: Final = "dev.parity.fork"
ORIGIN: Final = "dev.parity.origin"
LEASE: Final = "dev.parity.lease"

IMAGE: Final = "dev.parity.image"
"""On an image that parity has built for itself."""
EDITOR: Final = "dev.parity.editor"
"""On the container that an editor works in: production's image below its tools."""
EDITORS: Final = ("devcontainer.local_folder", "devcontainer.config_file")
"""By these the Dev Containers CLI finds the container of a folder again."""

PROBE: Final = "probe"
"""Role of a container that lives for one question; it is no part of the plan."""
STORE: Final = "store"
"""Role of what holds start states; it belongs to no stack."""
HELPER: Final = "helper"
"""Role of a container that works on the store for one command."""
HOLDER: Final = "holder"
"""Role of a container that keeps a service's network namespace while the service is replaced."""


def of(identity: Identity) -> dict[str, str]:
    """The labels of everything that belongs to a stack."""
    return {STACK: identity.name, PROJECT: identity.project, WORKTREE: identity.worktree}


def put_on(draft: Draft, identity: Identity) -> None:
    """Label services, networks and volumes of the document."""
    mine = of(identity)
    for name, _ in draft.services():
        role = "gateway" if name == GATEWAY else "service"
        _add(draft, ("services", name), {**mine, SERVICE: name, ROLE: role})
    for kind in ("networks", "volumes"):
        for key in dict(draft.document.get(kind) or {}):
            _add(draft, (kind, key), mine)


def _add(draft: Draft, path: tuple[str, str], labels: dict[str, str]) -> None:
    present = draft.get((*path, "labels")) or {}
    draft.add((*path, "labels"), {**present, **labels})
