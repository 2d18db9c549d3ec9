"""Who uses a start state: stacks and forks whose volumes were made from it, and stacks that stand on it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from parity.actions.session import Session
from parity.stack import labels
from parity.state import marks


@dataclass(frozen=True)
class User:
    """A stack, or a fork of one. `volumes` were made from the state; a stack that was saved as it has none."""

    stack: str
    fork: str = ""
    worktree: str = ""
    volumes: tuple[str, ...] = ()
    reading: bool = False
    """Whether a volume reads the state's files still: an overlay lies over them."""

    def __str__(self) -> str:
        """As messages name it."""
        return f"fork {self.fork} ({self.stack})" if self.fork else f"stack {self.stack}"


def users(session: Session) -> dict[str, tuple[User, ...]]:
    """By the state's id. Of other worktrees only those can be seen that have volumes from it."""
    found: dict[str, dict[str, User]] = {}
    for volume in marks.derived():
        mine: Mapping[str, str] = volume.get("Labels") or {}
        by_stack = found.setdefault(mine[labels.FROM], {})
        stack = mine.get(labels.STACK, str(volume["Name"]))
        known = by_stack.get(stack) or User(
            stack, mine.get(labels.FORK, ""), mine.get(labels.WORKTREE, "")
        )
        by_stack[stack] = replace(
            known,
            volumes=tuple(sorted((*known.volumes, str(volume["Name"])))),
            reading=known.reading or marks.overlaid(volume),
        )
    for stack, state in _standing(session).items():
        found.setdefault(state, {}).setdefault(stack, User(stack, "", str(session.paths.root)))
    return {state: tuple(by.values()) for state, by in found.items()}


def _standing(session: Session) -> dict[str, str]:
    """Stacks of this worktree -> the state they stand on."""
    found = {}
    for file in session.paths.state.glob("*/state.json"):
        try:
            found[file.parent.name] = str(json.loads(file.read_text(encoding="utf-8"))["state"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return found
