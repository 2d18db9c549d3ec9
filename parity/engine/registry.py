"""Ask a registry, through the engine, what a tag stands for: credentials and TLS are the engine's."""

import re
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import RegistryError, UsageError
from parity.model.lock import Pin

if TYPE_CHECKING:
    from docker import DockerClient

_UNREACHABLE = (
    "dial tcp",
    "no such host",
    "timeout",
    "i/o",
    "connection refused",
    "eof",
    "tls",
    "deadline",
)


def resolve(client: "DockerClient", image: str) -> Pin:
    """The pin of one image reference.

    A tag is asked of its registry. Where no registry can be reached, an image of that name that is
    already on the engine is taken: by its registry digest if it has one, else by its id, marked
    local. A registry that answers "no" is an error even then.
    """
    from docker.errors import APIError, ImageNotFound

    api: Any = client.api
    with translated():
        try:
            data = api.inspect_distribution(image)
        except APIError as error:
            reason = str(error.explanation or error)
            return _from_engine(client, image, reason)
        except ImageNotFound as error:
            return _from_engine(client, image, str(error))
    platforms = sorted(_platform(row) for row in data.get("Platforms") or [])
    return Pin(str(data["Descriptor"]["digest"]), tuple(dict.fromkeys(platforms)))


def _platform(row: dict[str, str]) -> str:
    parts = [row.get("os", ""), row.get("architecture", ""), row.get("variant", "")]
    return "/".join(part for part in parts if part)


def _from_engine(client: "DockerClient", image: str, reason: str) -> Pin:
    from docker.errors import ImageNotFound

    # The answer quotes the image, whose own name (`tls-proxy`) must not be read as a reason.
    first, slash, rest = image.lower().partition("/")
    host = first if slash and re.search(r"[.:]", first) else ""
    name = (rest if host else image.lower()).partition("@")[0].partition(":")[0]
    lower = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "", reason.lower())
    if not any(sign in lower for sign in _UNREACHABLE):
        if any(
            sign in lower for sign in ("unauthorized", "authentication", "denied", "no basic auth")
        ):
            raise RegistryError(
                f"the registry refuses {image}: {reason}",
                next_step=f"docker login {host}".rstrip() + ", then again",
            )
        raise UsageError(
            f"the registry has no {image}: {reason}",
            next_step="is the tag right? If production builds it itself, see `local.build` in parity.toml",
        )
    try:
        local = client.images.get(image)
    except ImageNotFound as error:
        raise RegistryError(
            f"no registry answers for {image}: {reason}",
            next_step="check the network and `docker pull` it, or name a registry that is reachable",
        ) from error
    platform = f"{local.attrs['Os']}/{local.attrs['Architecture']}"
    repository = image.rpartition(":")[0] if ":" in image.rpartition("/")[2] else image
    for known in local.attrs.get("RepoDigests") or []:
        name, _, digest = known.partition("@")
        if name == repository:
            return Pin(digest, (platform,))
    return Pin(str(local.id), (platform,), local=True)
