"""One instant for the whole stack: everything that runs is paused while its data is copied."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from parity.engine.client import translated
from parity.engine.execute import in_parallel
from parity.model.stack import Container

if TYPE_CHECKING:
    from docker import DockerClient


@contextmanager
def paused(client: "DockerClient", containers: Sequence[Container]) -> Iterator[list[str]]:
    """Pause the services that run; go on with them afterwards, whatever happened.

    Each process stops before or after any message it sends, and nobody who is paused answers: what
    is on the volumes then is something the stack could have been in. Yields names of services that
    ended in the meantime, filled when it is over.
    """
    held: list[Container] = []
    ended: list[str] = []
    try:
        in_parallel(
            lambda c: held.append(c) if _pause(client, c) else None,
            [c for c in containers if c.state == "running" and c.role == "service"],
        )
        yield ended
    finally:
        in_parallel(lambda c: None if _go_on(client, c) else ended.append(c.service), held)


def _pause(client: "DockerClient", container: Container) -> bool:
    """Whether it is paused now, by us."""
    from docker.errors import APIError

    with translated():
        try:
            client.api.pause(container.id)
        except APIError as error:
            text = str(error.explanation or error)
            # Ended between the listing and now: then nobody writes.
            if "is not running" in text or "No such container" in text:
                return False
            raise
    return True


def _go_on(client: "DockerClient", container: Container) -> bool:
    from docker.errors import APIError

    with translated():
        try:
            client.api.unpause(container.id)
        except APIError as error:
            if "is not paused" in str(error.explanation or error):
                return True
            return False
    return True
