"""Where a stack's data comes from, and whether it is all there: one small file a stack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from parity.actions.session import Session
from parity.paths import StackPaths, ensure_state, write


@dataclass(frozen=True)
class Stand:
    """The id of a start state. `pending`: the data was on the way there, and may be half there."""

    state: str = ""
    pending: bool = False


def stand(session: Session) -> Stand:
    """Which state the stack's data began from, as far as that is known."""
    try:
        kept = json.loads(session.files.stand.read_text())
        return Stand(str(kept["state"]), bool(kept["pending"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Stand()


def remember(session: Session, state: str, *, pending: bool = False) -> None:
    """Keep where the data comes from; `pending` before anything is touched."""
    ensure_state(session.files.folder)
    write(session.files.stand, json.dumps({"state": state, "pending": pending}) + "\n")


def forget(session: Session) -> None:
    """There is no data any more."""
    session.files.stand.unlink(missing_ok=True)


def known_marks(files: StackPaths) -> dict[str, str]:
    """What services said of themselves after the last reset, by container id."""
    try:
        kept = json.loads(files.marks.read_text())
        return {str(one): str(text) for one, text in kept.items()}
    except (OSError, ValueError, AttributeError):
        return {}


def keep_marks(files: StackPaths, marks: Mapping[str, str]) -> None:
    """Keep them for the next reset."""
    ensure_state(files.folder)
    write(files.marks, json.dumps(dict(marks)) + "\n")
