"""Run a container to its end, and be sure that it is gone afterwards."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parity.errors import EngineError

if TYPE_CHECKING:
    from docker import DockerClient

_SECONDS = 60


def run_once(
    client: "DockerClient",
    image: str,
    command: Sequence[str],
    *,
    labels: Mapping[str, str],
    **settings: Any,
) -> bytes:
    """What the command wrote to stdout. `settings` are the SDK's for a container.

    The labels are the stack's, so that `parity down` finds the container even if this process is
    killed in between. Raises APIError where it cannot start, EngineError where the command fails.
    """
    container = client.containers.create(
        image, list(command), labels=dict(labels), detach=True, **settings
    )
    try:
        container.start()
        code = container.wait(timeout=_SECONDS)["StatusCode"]
        if code != 0:
            said = container.logs(stdout=False, stderr=True).decode(errors="replace").strip()
            raise EngineError(
                f"`{' '.join(command)}` in {image} ended with {code}: {said[-500:]}",
                next_step="`parity doctor` looks at the engine",
            )
        output: bytes = container.logs(stdout=True, stderr=False)
        return output
    finally:
        container.remove(force=True, v=True)
