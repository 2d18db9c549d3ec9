"""What the services of a fork logged since a moment, with the stand-ins' values masked."""

from collections.abc import Iterator

from parity.actions.session import Session
from parity.engine.client import translated
from parity.errors import ParityError
from parity.stack.secrets import Vault
from parity.testing.fork import TestFork

_MOST_BYTES = 64 * 1024


def since(fork: TestFork, start: float, session: Session) -> Iterator[tuple[str, str]]:
    """Service and text, for those that logged anything; `start` in seconds since the epoch."""
    vault = Vault(session.paths.secrets, session.identity.name, session.project.secrets)
    for container in fork.scene.containers(stopped=True):
        try:
            text = _text(fork, container.id, start)
        except ParityError as error:
            text = f"(no log: {error})"
        if text.strip():
            yield container.service, vault.mask(text)


def _text(fork: TestFork, identity: str, start: float) -> str:
    with translated():
        raw: bytes = fork.scene.client.api.logs(identity, since=start, timestamps=True)
    return raw[-_MOST_BYTES:].decode(errors="replace")
