"""Forks that nobody needs any more: half made, half removed, or of an owner that is gone."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from parity.engine import observe
from parity.model.state import Lease
from parity.paths import ProjectPaths
from parity.stack import labels
from parity.state import leases, marks


@dataclass(frozen=True)
class Abandoned:
    """A fork's stack, the fork's name, whose worktree it is, and why it is nobody's."""

    stack: str
    name: str
    worktree: str
    why: str


def abandoned() -> tuple[Abandoned, ...]:
    """Those of every worktree that this machine has; of others nothing can be said."""
    found: dict[str, Mapping[str, str]] = {}
    running = set()
    for container in observe.containers(labels.FORK):
        stack = container.labels.get(labels.STACK, "")
        found[stack] = container.labels
        running |= {stack} if container.role == "gateway" else set()
    for row in (*marks.of_forks(), *_networks()):
        mine = row.get("Labels") or {}
        found.setdefault(mine.get(labels.STACK, ""), mine)
    seen = (_judged(stack, mine, stack in running) for stack, mine in found.items() if stack)
    return tuple(sorted((one for one in seen if one), key=lambda one: one.stack))


def _judged(stack: str, mine: Mapping[str, str], whole: bool) -> Abandoned | None:  # noqa: FBT001 - private
    worktree, name = mine.get(labels.WORKTREE, ""), mine.get(labels.FORK, "")
    if not Path(worktree).is_dir() or not leases.gone(mine, labels.LEASE):
        return None  # being made, or somewhere this cannot look
    recorded, owner = _record(worktree, stack)
    if not recorded:
        return Abandoned(stack, name, worktree, "was never finished")
    if owner is not None and not leases.alive(owner):
        return Abandoned(stack, name, worktree, f"process {owner.pid}, which needed it, is gone")
    if not whole:
        return Abandoned(stack, name, worktree, "was not removed to the end")
    return None


def _record(worktree: str, stack: str) -> tuple[bool, Lease | None]:
    """Whether a fork was once whole, and who needs it; a person, where nobody is named."""
    try:
        kept = json.loads(ProjectPaths(Path(worktree)).stack(stack).fork.read_text())
        return True, leases.read(json.dumps(kept["lease"]))
    except (OSError, ValueError, KeyError, TypeError):
        return False, None


def _networks() -> list[dict[str, Any]]:
    filters = quote(json.dumps({"label": [labels.FORK]}))
    found: list[dict[str, Any]] = observe.get(f"/networks?filters={filters}") or []
    return found
