"""Ask a registry, through the engine, what a tag stands for: credentials and TLS are the engine's."""

import re
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import ParityError, RegistryError, UsageError
from parity.model.lock import Pin
from parity.model.progress import Progress, Step

if TYPE_CHECKING:
    from docker import DockerClient

_RATIONED = re.compile(r"\b429\b|toomanyrequests|too many requests|rate limit")
_UNREACHABLE = re.compile(
    r"dial tcp|no such host|timeout|i/o|connection refused|\beof\b|\btls\b|deadline"
    r"|\b50\d\b|unavailable|bad gateway|internal server error"
)
_REFUSED = re.compile(r"unauthorized|authentication|denied|no basic auth")
_UNKNOWN = re.compile(r"manifest unknown|not found|name unknown|repository does not exist")


def resolve(client: "DockerClient", image: str, progress: Progress, *, fallback: bool) -> Pin:
    """The pin of one image reference.

    A tag is asked of its registry. Where no registry can be reached and `fallback` allows it, an
    image of that name that is already on the engine is taken, and that is told: by its registry
    digest if it has one, else by its id, marked local. A registry that answers "no" is an error
    even then.
    """
    from docker.errors import APIError

    api: Any = client.api
    with translated():
        try:
            data = api.inspect_distribution(image)
        except APIError as error:
            reason = str(error.explanation or error)
            refusal = _refusal(image, reason)
            if refusal:
                raise refusal from error
            return _from_engine(client, image, reason, progress, fallback=fallback)
    platforms = sorted(_platform(row) for row in data.get("Platforms") or [])
    pin = Pin(str(data["Descriptor"]["digest"]), tuple(dict.fromkeys(platforms)))
    progress(Step(image, pin.digest[:19], "done"))
    return pin


def _platform(row: dict[str, str]) -> str:
    parts = [row.get("os", ""), row.get("architecture", ""), row.get("variant", "")]
    return "/".join(part for part in parts if part)


def _refusal(image: str, reason: str) -> ParityError | None:
    """The error that a registry's answer is; None where it gave none."""
    # The answer quotes the image, whose own name (`tls-proxy`) must not be read as a reason.
    first, slash, rest = image.lower().partition("/")
    host = first if slash and re.search(r"[.:]", first) else ""
    name = (rest if host else image.lower()).partition("@")[0].partition(":")[0]
    lower = re.sub(r"https?://\S+", "", reason.lower())
    lower = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])(:[\w.-]+)?", "", lower)
    login = f"docker login {host}".rstrip()
    if _RATIONED.search(lower):
        return RegistryError(
            f"the registry of {image} has answered too often: {reason}",
            next_step=f"`{login}`, or wait, then again",
        )
    if _UNREACHABLE.search(lower):
        return None
    if _REFUSED.search(lower):
        return RegistryError(
            f"the registry refuses {image}: {reason}", next_step=f"`{login}`, then again"
        )
    if _UNKNOWN.search(lower):
        return UsageError(
            f"the registry has no {image}: {reason}",
            next_step="is the tag right? If production builds it itself, see `local.build` in parity.toml",
        )
    return RegistryError(
        f"the registry did not say what {image} is: {reason}",
        next_step=f"`docker pull {image}` asks the same way; once that works, again",
    )


def _from_engine(
    client: "DockerClient", image: str, reason: str, progress: Progress, *, fallback: bool
) -> Pin:
    from docker.errors import ImageNotFound

    silence = RegistryError(
        f"no registry answers for {image}: {reason}",
        next_step="check the network and `docker pull` it, or name a registry that is reachable",
    )
    if not fallback:
        raise silence
    try:
        local = client.images.get(image)
    except ImageNotFound as error:
        raise silence from error
    platform = f"{local.attrs['Os']}/{local.attrs['Architecture']}"
    repository = image.rpartition(":")[0] if ":" in image.rpartition("/")[2] else image
    for known in local.attrs.get("RepoDigests") or []:
        name, _, digest = known.partition("@")
        if name == repository:
            text = f"no registry answered: taken as it was pulled last, {digest[:19]}"
            progress(Step(image, text, "warning"))
            return Pin(digest, (platform,))
    progress(Step(image, "on this engine only: no registry answered", "warning"))
    return Pin(str(local.id), (platform,), local=True)
