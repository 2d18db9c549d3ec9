"""A stack as a killed command left it is put right before another one works on its data."""

from typing import TYPE_CHECKING

from parity.actions.mounted import mounted
from parity.actions.request import UpRequest
from parity.actions.restore import go_on
from parity.actions.session import Session
from parity.actions.stand import stand
from parity.actions.up import bring_up
from parity.engine import observe
from parity.model.progress import Progress

if TYPE_CHECKING:
    from docker import DockerClient


def mended(client: "DockerClient", session: Session, progress: Progress, lock: int | None) -> None:
    """Finish a reset that was killed, and let services go on that a killed save has paused.

    `lock` is the stack's mutex, which the caller holds.
    """
    if stand(session).pending:
        bring_up(session, UpRequest(), progress, lock)
    else:
        mounted(session, progress)
    go_on(client, observe.of_stack(session.identity.name))
