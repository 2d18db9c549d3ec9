"""Production's images: built once, pushed to production's registry, rebuilt when inputs change."""

from __future__ import annotations

import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import docker.errors
import requests
from docker.models.images import Image as BuiltImage

from scripts.lib import base_image, build, inputs
from scripts.lib.errors import USAGE, SetupError
from scripts.lib.paths import IMAGES_FILE, ROOT
from scripts.lib.progress import Progress, Step
from scripts.lib.registry import Registry

LABEL_INPUTS = "dev.parity.inputs"
TESTS_FILE = ROOT / "tests" / "engine" / "images" / "images.toml"


@dataclass(frozen=True)
class Image:
    """One entry of images.toml."""

    name: str
    tag: str
    context: Path
    dockerfile: str


def load(path: Path = IMAGES_FILE, root: Path = ROOT) -> list[Image]:
    """The images to build, in the file's order."""
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        return [_image(entry, root) for entry in document["image"]]
    except OSError as error:
        problem = f"{error.strerror}"
    except (KeyError, TypeError) as error:
        problem = f"an [[image]] needs name, tag, context and dockerfile as strings ({error})"
    except tomllib.TOMLDecodeError as error:
        problem = str(error)
    raise SetupError(f"{path}: {problem}.", next_step=f"mend {path.name}.", exit_code=USAGE)


def _image(entry: Any, root: Path) -> Image:
    return Image(
        name=_text(entry, "name"),
        tag=_text(entry, "tag"),
        context=root / _text(entry, "context"),
        dockerfile=_text(entry, "dockerfile"),
    )


def _text(entry: Any, key: str) -> str:
    value = entry[key]
    if not isinstance(value, str) or not value:
        raise TypeError(key)
    return value


def ensure(client: docker.DockerClient, registry: Registry, progress: Progress) -> None:
    """Every image in the registry, as its inputs are now."""
    base_id = base_image.find(client)
    if base_id is None:
        raise SetupError(
            f"{base_image.BASE} is not on this engine.",
            next_step="scripts/demo --only base",
            exit_code=USAGE,
        )
    wanted = load()
    workers = 2 if client.info().get("NCPU", 1) > 1 else 1
    with progress.step("images", f"comparing {len(wanted)} images with their inputs") as step:
        pool = ThreadPoolExecutor(workers)
        try:
            jobs = [pool.submit(_bring, client, registry, image, base_id, step) for image in wanted]
            changed = [note for job in jobs if (note := job.result())]
        finally:
            # After a failure or an interrupt the other build is not waited for.
            pool.shutdown(wait=False, cancel_futures=True)
        for note in changed:
            progress.note(note)
        step.done(
            f"{len(wanted)} images in {registry.address}, {len(changed)} of them built or pushed"
        )


def ensure_for_tests(client: docker.DockerClient, name: str, progress: Progress) -> str:
    """The reference of an image that only tests run, built where its inputs changed; never pushed."""
    image = next(image for image in load(TESTS_FILE) if image.name == name)
    reference = f"{image.name}:{image.tag}"
    base_id = base_image.find(client)
    if base_id is None:
        raise SetupError(
            f"{base_image.BASE} is not on this engine.",
            next_step="scripts/demo --only base",
            exit_code=USAGE,
        )
    files = inputs.context_files(image.context, image.dockerfile)
    want = inputs.digest(image.context, files, base_id)
    local = _local(client, reference)
    if local is None or local.labels.get(LABEL_INPUTS) != want:
        with progress.step(name, f"building {reference}") as step:
            _build(client, step, image, files, reference, want)
    return reference


def _bring(
    client: docker.DockerClient, registry: Registry, image: Image, base_id: str, step: Step
) -> str:
    """Build and push what is missing; a note on what was done, empty when there was nothing."""
    started = time.monotonic()
    files = inputs.context_files(image.context, image.dockerfile)
    want = inputs.digest(image.context, files, base_id)
    repository = f"{registry.address}/{image.name}"
    reference = f"{repository}:{image.tag}"
    local = _local(client, reference)
    fresh = local is not None and local.labels.get(LABEL_INPUTS) == want
    if local and fresh and _in_registry(client, registry, reference, local):
        return ""
    if not fresh:
        step.say(f"building {image.name}:{image.tag}")
        _build(client, step, image, files, reference, want)
    step.say(f"pushing {image.name}:{image.tag}")
    _push(client, registry, repository, image.tag, step)
    verb = "pushed" if fresh else "built and pushed"
    return f"{image.name}:{image.tag} {verb} in {time.monotonic() - started:.1f} s"


def _build(
    client: docker.DockerClient,
    step: Step,
    image: Image,
    files: list[str],
    reference: str,
    want: str,
) -> None:
    build.build(
        client,
        step,
        context=build.archive(image.context, files),
        dockerfile=image.context / image.dockerfile,
        inside=image.dockerfile,
        tag=reference,
        base=base_image.BASE,
        labels={LABEL_INPUTS: want},
    )


def _local(client: docker.DockerClient, reference: str) -> BuiltImage | None:
    try:
        return client.images.get(reference)
    except docker.errors.ImageNotFound:
        return None


def _in_registry(
    client: docker.DockerClient, registry: Registry, reference: str, local: BuiltImage
) -> bool:
    try:
        found = client.images.get_registry_data(reference, auth_config=registry.auth)
    except (docker.errors.APIError, requests.RequestException):
        return False
    return any(known.endswith(f"@{found.id}") for known in local.attrs.get("RepoDigests") or [])


def _push(
    client: docker.DockerClient, registry: Registry, repository: str, tag: str, step: Step
) -> None:
    for line in client.api.push(
        repository, tag=tag, stream=True, decode=True, auth_config=registry.auth
    ):
        step.show_life(f"{repository}:{tag} {line.get('status', '')} {line.get('progress', '')}")
        if "error" in line:
            raise SetupError(
                f"pushing {repository}:{tag} failed: {line['error']}",
                next_step="`docker logs parity-demo-registry` shows the registry's side; "
                "`df -h` whether its disk is full. Then run this again.",
            )
