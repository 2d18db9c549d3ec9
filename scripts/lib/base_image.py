"""The base image of every Dockerfile here: pulled, or made from Debian packages without a registry."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import docker
import docker.errors
import requests

from scripts.lib import shell
from scripts.lib.errors import SetupError
from scripts.lib.paths import cache_dir
from scripts.lib.progress import Step

REPOSITORY, TAG = "debian", "bookworm-20250520-slim"
BASE = f"{REPOSITORY}:{TAG}"
SUITE = "bookworm"
REGISTRY_TIMEOUT = 8
# What the published image leaves out as well.
EXCLUDED = ("doc", "info", "linda", "lintian/overrides", "locale", "man")
CHANGES = ['CMD ["bash"]', "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]


def ensure(client: docker.DockerClient, step: Step) -> str:
    """The id of the base image, which is pulled or made where it is absent."""
    image_id = find(client)
    if image_id:
        step.done(f"{BASE} is here")
        return image_id
    step.say(f"asking the registry for {BASE}")
    if pull(client, BASE, step):
        step.done(f"{BASE} pulled")
    else:
        _import(client, step)
        step.done(f"{BASE}: no registry answered, made from Debian packages")
    image_id = find(client)
    if image_id is None:
        raise SetupError(
            f"{BASE} is not there although the engine took it.",
            next_step="`docker images debian` shows what is; run this again.",
        )
    return image_id


def find(client: docker.DockerClient, name: str = BASE) -> str | None:
    """The image's id, or None where the engine does not have it."""
    try:
        return client.images.get(name).id
    except docker.errors.ImageNotFound:
        return None


def pull(client: docker.DockerClient, name: str, step: Step) -> bool:
    """Pull, unless the registry stays silent for some seconds or does not have it."""
    repository, tag = name.rsplit(":", 1)
    patience = client.api.timeout
    client.api.timeout = REGISTRY_TIMEOUT
    try:
        # The engine asks, with its own proxy, mirrors and name resolution.
        client.images.get_registry_data(name)
    except (docker.errors.APIError, requests.RequestException):
        return False
    finally:
        client.api.timeout = patience
    step.say(f"pulling {name}")
    try:
        for line in client.api.pull(repository, tag, stream=True, decode=True):
            step.show_life(f"{line.get('status', '')} {line.get('progress', '')}")
            if "error" in line:
                return False
    except docker.errors.APIError:
        return False
    return True


def _cached_tar() -> Path:
    return cache_dir() / f"{REPOSITORY}-{TAG}.tar"


def _make_cached(cached: Path, step: Step) -> None:
    if not shell.can_install():
        raise SetupError(
            f"{BASE} is not on this engine, and the engine cannot pull it from a registry.",
            next_step=f"`docker pull {BASE}` shows why; or load it from elsewhere "
            f"(docker save | docker load); or run this as root on Debian or Ubuntu, "
            "where it is made from packages.",
        )
    with tempfile.TemporaryDirectory(prefix="parity-base-") as directory:
        # Package installation drops its rights to another user, who must get in here.
        Path(directory).chmod(0o755)
        # Written aside, then renamed: an interrupted run leaves no half file behind.
        aside = cached.with_suffix(".part")
        _make(aside, Path(directory), step)
        aside.replace(cached)


def _make(target: Path, work: Path, step: Step) -> None:
    missing = [] if shutil.which("mmdebstrap") else ["mmdebstrap"]
    if not Path("/usr/share/keyrings/debian-archive-keyring.gpg").exists():
        missing.append("debian-archive-keyring")
    if missing and not (missing == ["mmdebstrap"] and shutil.which("debootstrap")):
        shell.apt_install(missing, step)
    step.note(f"no registry answers: making {BASE} from Debian packages (under a minute)")
    step.say(f"making {BASE}")
    next_step = "the packages above come from Debian's mirror: check the network, run this again."
    if shutil.which("mmdebstrap"):
        # Its own temporary files go where ours are, so that they go away with ours.
        env = {"TMPDIR": str(work)}
        shell.run(_mmdebstrap(target), next_step=next_step, step=step, env=env)
        return
    root = work / "root"
    shell.run(
        ["debootstrap", "--variant=minbase", SUITE, str(root)], next_step=next_step, step=step
    )
    shell.run(["tar", "-C", str(root), "-cf", str(target), "."], next_step=next_step, step=step)


def _mmdebstrap(target: Path) -> list[str]:
    excluded = [f"--dpkgopt=path-exclude=/usr/share/{name}/*" for name in EXCLUDED]
    return [
        "mmdebstrap",
        "--variant=apt",
        "--format=tar",
        *excluded,
        "--dpkgopt=path-include=/usr/share/doc/*/copyright",
        '--aptopt=Acquire::Languages "none"',
        '--aptopt=Acquire::GzipIndexes "true"',
        SUITE,
        str(target),
    ]


def _import(client: docker.DockerClient, step: Step) -> None:
    cached = _cached_tar()
    if cached.exists():
        try:
            _import_tar(client, cached, step)
        except docker.errors.APIError:
            step.note(f"{cached} is damaged: making it anew")
            cached.unlink()
        else:
            return
    _make_cached(cached, step)
    _import_tar(client, cached, step)


def _import_tar(client: docker.DockerClient, tar: Path, step: Step) -> None:
    step.say(f"importing {BASE}")
    client.api.import_image(str(tar), repository=REPOSITORY, tag=TAG, changes=CHANGES)
