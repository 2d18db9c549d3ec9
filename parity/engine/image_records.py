"""What an engine knows of images by the names that definitions use."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from parity.engine.address import named
from parity.engine.client import connect, translated
from parity.engine.execute import in_parallel

if TYPE_CHECKING:
    from docker import DockerClient


def image_records(names: Iterable[str], context: str = "") -> dict[str, Mapping[str, Any]]:
    """Inspect records by name, with `History`, of those images that are on the engine. EngineError without one."""
    from docker.errors import APIError, ImageNotFound

    address = named(context)
    client = connect(address)
    api: Any = client.api

    def one(name: str) -> Mapping[str, Any]:
        with translated(address):
            try:
                found: dict[str, Any] = api.inspect_image(name)
                found["History"] = api.history(found["Id"])
            except (ImageNotFound, APIError) as error:
                if isinstance(error, ImageNotFound) or error.status_code == 400:  # noqa: PLR2004 - no name of an image
                    return {}
                raise
        return found

    wanted = list(dict.fromkeys(names))
    try:
        return {
            n: found for n, found in zip(wanted, in_parallel(one, wanted), strict=True) if found
        }
    finally:
        client.close()


def platform(client: "DockerClient") -> str:
    """What the engine runs: `linux/amd64`."""
    with translated():
        version = client.version()
    return f"{version['Os']}/{version['Arch']}"
