"""Pull production's images by digest, and build the gateway's own."""

import hashlib
import io
import tarfile
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import EngineError, RegistryError
from parity.model.progress import Progress, Step
from parity.stack import labels

if TYPE_CHECKING:
    from docker import DockerClient

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}


def gateway_tag(base: str) -> str:
    """The gateway image's name: a hash of its files and base, so that a change builds anew."""
    content = hashlib.sha256(base.encode())
    for name, data in _gateway_files():
        content.update(name.encode() + b"\0" + data)
    return f"parity-gateway:{content.hexdigest()[:16]}"


def ensure_gateway(client: "DockerClient", tag: str, base: str, progress: Progress) -> None:
    """Build the gateway image unless the engine has it."""
    if present(client, tag):
        return
    progress(Step("gateway", f"building its image on {base} (once, about a minute)"))
    last: list[str] = []
    with translated():
        stream = client.api.build(
            fileobj=_archive(),
            custom_context=True,
            tag=tag,
            buildargs={"BASE": base},
            labels={labels.IMAGE: "gateway"},
            rm=True,
            forcerm=True,
            decode=True,
        )
        for row in stream:
            text = str(row.get("stream") or row.get("error") or "").strip()
            if text:
                last = [*last[-14:], text]
            if row.get("error"):
                raise EngineError(
                    f"the gateway's image cannot be built on {base}",
                    detail="\n".join(last),
                    next_step="is the base on the engine or pullable? `local.gateway-base` in parity.toml names another",
                )
            if text.startswith("Step "):
                progress(Step("gateway", text))
    progress(Step("gateway", f"image {tag} built", "done"))


def processor(name: str) -> str:
    """An architecture as images name it: a machine says `x86_64`, an image `amd64`."""
    return _ARCHITECTURES.get(name, name)


def present(client: "DockerClient", image: str, platform: str = "") -> bool:
    """Whether the engine has an image; for `platform`, where that is given."""
    from docker.errors import ImageNotFound

    api: Any = client.api
    with translated():
        try:
            found = str(api.inspect_image(image).get("Architecture", ""))
        except ImageNotFound:
            return False
    wanted = _processor_of(platform)
    return not (found and wanted and found != wanted)


def pull(client: "DockerClient", image: str, progress: Progress, platform: str = "") -> None:
    """Pull `name@digest`, for `platform` where that is given; progress is told in bytes."""
    from docker.errors import APIError, NotFound

    repository, _, digest = image.partition("@")
    with translated():
        try:
            stream = client.api.pull(
                repository,
                tag=digest or None,
                stream=True,
                decode=True,
                platform=platform or None,
            )
            for text in _pulled(stream):
                progress(Step(repository, text))
        except NotFound as error:
            raise RegistryError(
                f"{image} is gone from its registry",
                next_step="`parity lock` records what production's tag stands for now",
            ) from error
        except APIError as error:
            reason = str(error.explanation or error)
            raise RegistryError(
                f"cannot pull {image}: {reason}", next_step=_pull_hint(reason, image)
            ) from error
    progress(Step(repository, "pulled", "done"))


def check_architecture(
    client: "DockerClient", image: str, architecture: str, platform: str = ""
) -> None:
    """Refuse an image that is not for its service's `platform`, or not for this engine's processor."""
    api: Any = client.api
    with translated():
        found = str(api.inspect_image(image).get("Architecture", ""))
    asked, wanted = _processor_of(platform), processor(architecture)
    if asked and found and found != asked:
        raise EngineError(
            f"{image} is built for {found}, its service has `platform: {platform}`",
            next_step=f"`docker pull --platform {platform} {image}` says whether it is published for that",
        )
    if not platform and found and found != wanted:
        raise EngineError(
            f"{image} is built for {found}, this engine runs {wanted}",
            next_step="have production publish the image for both, or set `platform` with a "
            "[[local.override]] and install emulation (binfmt)",
        )


def _processor_of(platform: str) -> str:
    """The architecture in `os/architecture[/variant]` or `architecture`; empty where it has none."""
    system, slash, rest = platform.partition("/")
    name = rest.partition("/")[0] if slash else system
    return "" if name in ("linux", "windows") else processor(name)


def _pulled(stream: Any) -> Iterator[str]:
    from docker.errors import APIError

    sizes: dict[str, tuple[int, int]] = {}
    shown = -1
    for row in stream:
        if row.get("error"):
            raise APIError(row["error"], explanation=row["error"])
        detail = row.get("progressDetail") or {}
        if row.get("status") == "Downloading" and detail.get("total"):
            sizes[row["id"]] = (detail["current"], detail["total"])
        done, total = (sum(part) for part in zip(*sizes.values(), strict=True)) if sizes else (0, 0)
        percent = 100 * done // total if total else 0
        if percent // 5 != shown // 5:
            shown = percent
            yield f"{done / 1e6:.0f} of {total / 1e6:.0f} MB"


def _pull_hint(reason: str, image: str) -> str:
    lower = reason.lower()
    if "unauthorized" in lower or "no basic auth" in lower or "denied" in lower:
        return f"`docker login {image.partition('/')[0]}`, then again"
    if "manifest unknown" in lower or "not found" in lower:
        return "`parity lock` records what production's tag stands for now"
    if "no space left" in lower:
        return "free some space (`docker image prune`), then again"
    return "check the network and the registry, then again"


def _gateway_files() -> list[tuple[str, bytes]]:
    root = files("parity.stack.gateway_image")
    return sorted(_walk(root, ""))


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.name == "__pycache__":
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield f"{prefix}{entry.name}", entry.read_bytes()


def _archive() -> io.BytesIO:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in _gateway_files():
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o644
            archive.addfile(info, io.BytesIO(data))
    buffer.seek(0)
    return buffer
