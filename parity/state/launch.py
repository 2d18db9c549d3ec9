"""Start containers that were made again, and see that they are ready."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.state import inspected

if TYPE_CHECKING:
    from docker import DockerClient


def never() -> bool:
    """Nobody else failed."""
    return False


def begin(client: "DockerClient", container: str, service: str) -> None:
    """Start one; StackError says why it cannot."""
    from docker.errors import APIError

    from parity.engine.client import refused
    from parity.errors import StackError

    with translated():
        try:
            client.api.start(container)
        except APIError as error:
            found = refused(str(error.explanation or error))
            raise StackError(
                f"{service} cannot start: {found.message}", where=service, next_step=found.next_step
            ) from error


def ready(
    client: "DockerClient",
    attrs: Mapping[str, Any],
    gateway: str,
    stop: Callable[[], bool] = never,
    *,
    container: str,
    check: Sequence[str] = (),
    is_job: bool = False,
    job_awaited: bool = False,
) -> str:
    """Wait for a service's container by production's own check, else by its port; says how.

    `attrs` is what the engine says of the one it was made like. `check` is that one's, where the
    copy has none of its own.
    """
    from parity.engine.readiness import Wait, wait
    from parity.state.engines import recognised

    service = inspected.service(attrs)
    engine = None if is_job else recognised(attrs)
    how = Wait(
        container=container,
        service=service,
        is_job=is_job,
        job_awaited=job_awaited,
        host=service,
        port=None if is_job else port(attrs, _image(client, attrs)),
        own_program=False,
        gateway=gateway,
        timeout=None,
        check=tuple(check),
        says=engine.says if engine else "",
    )
    return wait(client, how, stop)


def port(attrs: Mapping[str, Any], image: Mapping[str, Any]) -> int | None:
    """The TCP port that shows it to be ready: that of its data engine, else the lowest exposed one.

    `image` is the image's own configuration: what it exposes is its own program's, and says nothing
    where the definition has another one run.
    """
    from parity.state.engines import recognised

    engine = recognised(attrs)
    if engine is not None and engine.port:
        return engine.port
    config = attrs["Config"]
    own = all(config.get(key) == image.get(key) for key in ("Entrypoint", "Cmd"))
    foreign = {} if own else image.get("ExposedPorts") or {}
    exposed = [t.partition("/") for t in config.get("ExposedPorts") or {} if t not in foreign]
    return min((int(number) for number, _, protocol in exposed if protocol == "tcp"), default=None)


def _image(client: "DockerClient", attrs: Mapping[str, Any]) -> Mapping[str, Any]:
    from docker.errors import ImageNotFound

    api: Any = client.api

    with translated():
        try:
            found: Mapping[str, Any] = api.inspect_image(attrs["Image"])["Config"] or {}
        except ImageNotFound:
            return {}
    return found
