"""`parity devcontainer start` and `stop`: the stack with an editor in it, and without one."""

from parity.actions.mutex import mutex
from parity.actions.request import UpRequest
from parity.actions.session import Session
from parity.actions.up import UpResult, up
from parity.engine import observe
from parity.errors import ConfigError
from parity.model.progress import Progress
from parity.paths import ensure_state, link, write
from parity.stack.devcontainer import RECIPE, missing


def start(session: Session, progress: Progress) -> UpResult:
    """Bring the stack up with room for an editor in the service that parity.toml names."""
    _defined(session)
    ensure_state(session.files.folder)
    if not session.files.edited.exists():
        write(session.files.edited, "An editor works in this stack: `parity devcontainer stop`.\n")
    link(session.paths.editor, session.files.folder.name)
    return up(session, UpRequest(), progress)


def _defined(session: Session) -> None:
    """Before anything is remembered: what cannot come up must not stand in the way of `parity up`."""
    if session.project.devcontainer is None:
        raise ConfigError(
            "parity.toml does not say which service an editor works in",
            where=str(session.paths.config),
            next_step="`parity devcontainer` says how",
        )
    if not (session.paths.devcontainer / RECIPE).is_file():
        raise missing(session.paths.devcontainer)


def stop(session: Session, progress: Progress) -> UpResult | None:
    """Have the service run production's own image again; None where no stack is up."""
    with mutex(session, progress):
        session.files.edited.unlink(missing_ok=True)
    if not observe.of_stack(session.identity.name):
        return None
    return up(session, UpRequest(), progress)
