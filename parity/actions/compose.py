"""`parity logs` and `parity exec`: Docker Compose does them, on the stack's own document."""

from collections.abc import Sequence

from parity import compose_cli
from parity.actions.session import Session
from parity.errors import UsageError


def logs(
    session: Session, services: Sequence[str], *, follow: bool, tail: str, timestamps: bool
) -> int:
    """Print logs on the user's terminal; returns Compose's exit code."""
    flags = [
        "--tail",
        tail,
        *(["--follow"] if follow else []),
        *(["--timestamps"] if timestamps else []),
    ]
    return compose_cli.hand_over([*_stack(session), "logs", *flags, *services])


def execute(
    session: Session, service: str, command: Sequence[str], *, user: str, index: int, terminal: bool
) -> int:
    """Run a command in a service on the user's terminal; returns its exit code."""
    flags = [] if terminal else ["--no-TTY"]
    flags += ["--user", user] if user else []
    flags += ["--index", str(index)] if index else []
    return compose_cli.hand_over([*_stack(session), "exec", *flags, service, *command])


def _stack(session: Session) -> list[str]:
    if not session.files.document.is_file():
        raise UsageError(f"{session.identity.name} is not up", next_step="`parity up` starts it")
    return ["--file", str(session.files.document), "--project-name", session.identity.name]
