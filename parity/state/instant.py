"""One instant for the whole stack: everything that runs is paused while its data is copied."""

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from parity.engine.client import translated
from parity.engine.execute import in_parallel
from parity.engine.recreate import Attrs
from parity.model.progress import Progress
from parity.state import inspected
from parity.state.engines import recognised
from parity.state.flush import flush

if TYPE_CHECKING:
    from docker import DockerClient

_ATTEMPTS = 5


@contextmanager
def paused(
    client: "DockerClient",
    containers: Sequence[Attrs],
    progress: Progress,
    *,
    memory_only: Collection[str] = (),
) -> Iterator[list[str]]:
    """Pause the services that run; go on with them afterwards, whatever happened.

    Each process stops before or after any message it sends, and nobody who is paused answers: what
    is on the volumes then is something the stack could have been in. Those that keep data stop last
    and write down first what they have in memory alone, but for those in `memory_only` (ids), which
    have no place to. Yields names of services that ended in the meantime, filled when it is over.
    """
    runs = [one for one in containers if one["State"]["Running"] and not one["State"]["Paused"]]
    keepers = [one for one in runs if recognised(one) is not None]
    others = [one for one in runs if one not in keepers]
    held: list[Attrs] = []
    ended: list[str] = []

    def pause(one: Attrs) -> None:
        if _pause(client, one["Id"]):
            held.append(one)

    def last_words(one: Attrs) -> None:
        if one["Id"] not in memory_only:
            flush(client, one, progress)

    def go_on(one: Attrs) -> None:
        if not _go_on(client, one["Id"]):
            ended.append(inspected.service(one))

    try:
        in_parallel(pause, others)
        in_parallel(last_words, keepers)
        in_parallel(pause, keepers)
        yield ended
    finally:
        in_parallel(go_on, held)


def ended_since(client: "DockerClient", containers: Sequence[Attrs]) -> tuple[str, ...]:
    """Services that ran in `containers` and have failed since, started again by the engine or not.

    A process that is killed while it is paused ends only when it goes on.
    """
    from docker.errors import NotFound

    def failed(one: Attrs) -> bool:
        with translated():
            try:
                now = client.api.inspect_container(one["Id"])["State"]
            except NotFound:
                return True
        if now["Running"]:
            return bool(now["StartedAt"] != one["State"]["StartedAt"])
        return bool(now["ExitCode"] != 0)

    runs = [one for one in containers if one["State"]["Running"]]
    found = [one for one, yes in zip(runs, in_parallel(failed, runs), strict=True) if yes]
    return tuple(dict.fromkeys(inspected.service(one) for one in found))


def _pause(client: "DockerClient", container: str) -> bool:
    """Whether it is paused now, by us."""
    from docker.errors import APIError

    with translated():
        for more in reversed(range(_ATTEMPTS)):
            try:
                client.api.pause(container)
                break
            except APIError as error:
                text = str(error.explanation or error)
                # Ended between the listing and now: then nobody writes.
                if "is not running" in text or "No such container" in text:
                    return False
                # Processes that come and go all the time are not caught each time.
                if not more or "unable to freeze" not in text:
                    raise
    return True


def _go_on(client: "DockerClient", container: str) -> bool:
    from docker.errors import APIError

    with translated():
        try:
            client.api.unpause(container)
        except APIError as error:
            return "is not paused" in str(error.explanation or error)
    return True
