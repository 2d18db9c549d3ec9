"""The line of pytest's header: project, start state with its digest, images, definition."""

from pathlib import Path

from parity.actions.session import open_session
from parity.config.load import load
from parity.errors import ParityError
from parity.model.state import State
from parity.paths import ProjectPaths
from parity.stack import lockfile
from parity.state import marks

_SHORT = 19
"""`sha256:` and twelve digits."""


def header(root: Path, state: str) -> list[str]:
    """What can be said before any test runs, without starting anything."""
    try:
        paths = ProjectPaths(root)
        session = open_session(paths, load(paths))
        lock = lockfile.read(paths.lock).environments.get(session.environment_name)
        words = [session.identity.project]
        words.append(_state(session.identity.project, state or session.project.state.default))
        if lock is not None:
            words.append(f"{len(lock.images)} images of parity.lock")
            words.append(f"definition {lock.definition[:_SHORT]}")
    except ParityError as error:
        return [f"parity: {error}"]
    return [f"parity: {', '.join(words)}"]


def _state(project: str, name: str) -> str:
    """The state by name or, where none is named, how many there are to choose from."""
    found = [state for state in marks.of_project(project) if name in ("", state.name, state.id)]
    if not found:
        return f"no state {name} yet" if name else "no start state: forks begin empty"
    if name or len(found) == 1:
        return _told(found[-1])
    return f"{len(found)} states, the newest {_told(found[-1])}"


def _told(state: State) -> str:
    return f"state {state.name} ({state.digest[:_SHORT]} of {state.created[:10]})"
