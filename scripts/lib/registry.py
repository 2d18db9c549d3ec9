"""Production's registry stand-in: a container on this engine that asks for a password."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import secrets
import shutil
import tarfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import docker
import docker.errors
from docker.models.containers import Container

from scripts.lib import base_image, build, shell
from scripts.lib.errors import USAGE, SetupError
from scripts.lib.paths import ROOT, cache_dir
from scripts.lib.progress import Step

NAME = "parity-demo-registry"
USER = "deploy"
DEFAULT_PORT = 5055
PUBLISHED_IMAGE = "registry:2.8.3"
LOCAL_IMAGE = "parity-demo/registry:2.8.2"
SOURCES = ROOT / "scripts" / "registry"
LABEL, LABEL_CONFIG = "dev.parity.demo", "dev.parity.demo.config"
PASSWORD_IN_CONTAINER = "/auth/password"
READY_SECONDS = 20
# The library's type names only two of the four policies that the engine knows.
RESTART: Any = {"Name": "unless-stopped"}


@dataclass(frozen=True)
class Registry:
    """Where it listens, seen from the engine, and how to get in."""

    address: str
    password: str = field(repr=False)

    @property
    def auth(self) -> dict[str, str]:
        """The credentials as the engine's API takes them."""
        return {"username": USER, "password": self.password, "serveraddress": self.address}


def port(env: dict[str, str] | None = None) -> int:
    """The host port, PARITY_DEMO_REGISTRY_PORT or 5055."""
    given = (os.environ if env is None else env).get("PARITY_DEMO_REGISTRY_PORT", "")
    if not given:
        return DEFAULT_PORT
    if given.isdigit() and 0 < int(given) < 65536:
        return int(given)
    raise SetupError(
        f"PARITY_DEMO_REGISTRY_PORT is {given!r}, which is no port number.",
        next_step="set it to a free port between 1024 and 65535, or unset it (5055).",
        exit_code=USAGE,
    )


def ensure(client: docker.DockerClient, step: Step) -> Registry:
    """The registry, answering, with this user logged in."""
    address = f"127.0.0.1:{port()}"
    container = _find(client)
    password = (container and _password_of(container)) or _cached_password()
    _remember(password)
    wanted = _config_label(password)
    if container and container.labels.get(LABEL_CONFIG) != wanted:
        step.say("replacing the registry: its configuration changed")
        container.remove(force=True)
        container = None
    if container is None:
        container = _create(client, password, wanted, step)
    if container.status != "running":
        _start(container)
    registry = Registry(address, password)
    _wait(client, container, registry, step)
    _login(registry, step)
    step.done(f"registry at {address}, user {USER}")
    return registry


def remove(client: docker.DockerClient) -> bool:
    """Take the container down; its volume stays, so that the next start is quick."""
    container = _find(client)
    if container is None:
        return False
    container.remove(force=True)
    return True


def _find(client: docker.DockerClient) -> Container | None:
    found = client.containers.list(all=True, filters={"label": f"{LABEL}=registry"})
    return next((one for one in found if one.name == NAME), None)


def _config_label(password: str) -> str:
    text = (SOURCES / "config.yml").read_text(encoding="utf-8") + f"{port()} {password}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _password_file() -> Path:
    return cache_dir() / "registry-password"


def _cached_password() -> str:
    try:
        return _password_file().read_text(encoding="ascii").strip()
    except OSError:
        return secrets.token_urlsafe(24)


def _remember(password: str) -> None:
    path = _password_file()
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(password + "\n")


def _password_of(container: Container) -> str | None:
    # Whoever may use the engine may read the registry's volume anyway; so a second user, or a
    # fresh home directory, joins the registry that is there instead of replacing it.
    try:
        chunks, _ = container.get_archive(PASSWORD_IN_CONTAINER)
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
            file = archive.extractfile("password")
            return file.read().decode("ascii").strip() if file else None
    except (docker.errors.APIError, KeyError, tarfile.TarError):
        return None


def _image(client: docker.DockerClient, step: Step) -> str:
    for name in (PUBLISHED_IMAGE, LOCAL_IMAGE):
        if base_image.find(client, name):
            return name
    step.say(f"asking for {PUBLISHED_IMAGE}")
    if base_image.pull(client, PUBLISHED_IMAGE, step):
        return PUBLISHED_IMAGE
    step.note(f"{PUBLISHED_IMAGE} cannot be pulled: building a registry from Debian's package")
    step.say(f"building {LOCAL_IMAGE}")
    base_image.ensure(client, step)
    build.build(
        client,
        step,
        context=build.archive(SOURCES, ["Dockerfile"]),
        dockerfile=SOURCES / "Dockerfile",
        inside="Dockerfile",
        tag=LOCAL_IMAGE,
        base=base_image.BASE,
        labels={LABEL: "registry"},
    )
    return LOCAL_IMAGE


def _create(client: docker.DockerClient, password: str, config: str, step: Step) -> Container:
    image = _image(client, step)
    step.say("creating the registry")
    try:
        container = client.containers.create(
            image,
            name=NAME,
            labels={LABEL: "registry", LABEL_CONFIG: config},
            ports={"5000/tcp": ("127.0.0.1", port())},
            volumes={NAME: {"bind": "/var/lib/registry", "mode": "rw"}},
            restart_policy=RESTART,
        )
    except docker.errors.APIError as error:
        if error.status_code != 409:
            raise
        raise SetupError(
            f"a container named {NAME} exists already and is not this registry.",
            next_step=f"docker inspect {NAME}; if nobody needs it: docker rm -f {NAME}",
        ) from error
    container.put_archive("/", _files(password))
    return container


def _files(password: str) -> bytes:
    import bcrypt

    # Few rounds: the password is random and long, and each request of a push is checked.
    hashed = bcrypt.hashpw(password.encode(), bcrypt.gensalt(rounds=5)).decode()
    files = {
        "auth/htpasswd": f"{USER}:{hashed}\n",
        PASSWORD_IN_CONTAINER.lstrip("/"): f"{password}\n",
        "etc/docker/registry/config.yml": (SOURCES / "config.yml").read_text(encoding="utf-8"),
    }
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(text.encode()), 0o600
            archive.addfile(entry, io.BytesIO(text.encode()))
    return target.getvalue()


def _start(container: Container) -> None:
    try:
        container.start()
    except docker.errors.APIError as error:
        text = str(error.explanation or error)
        if "already allocated" not in text and "address already in use" not in text:
            raise
        raise SetupError(
            f"port {port()} on 127.0.0.1 is taken by something else.",
            detail=text,
            next_step=f"free it (`ss -ltnp 'sport = :{port()}'` names its owner), or choose "
            "another: PARITY_DEMO_REGISTRY_PORT=5056 scripts/demo",
        ) from error


def _wait(
    client: docker.DockerClient, container: Container, registry: Registry, step: Step
) -> None:
    step.say(f"waiting for the registry at {registry.address}")
    deadline = time.monotonic() + READY_SECONDS
    while True:
        try:
            client.login(USER, registry.password, registry=registry.address, reauth=True)
        except docker.errors.APIError as error:
            if time.monotonic() > deadline:
                raise SetupError(
                    f"the registry at {registry.address} does not let us in: {error.explanation}",
                    detail=container.logs(tail=15).decode(errors="replace"),
                    next_step=f"docker rm -f {NAME}, then run this again.",
                ) from error
            time.sleep(0.1)
        else:
            return


def _docker_config() -> Path:
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker") / "config.json"


def is_logged_in(config: Any, registry: Registry) -> bool:
    """Whether the docker CLI's configuration holds exactly these credentials."""
    entry = config.get("auths", {}).get(registry.address, {}) if isinstance(config, dict) else {}
    expected = base64.b64encode(f"{USER}:{registry.password}".encode()).decode()
    return isinstance(entry, dict) and entry.get("auth") == expected


def _login(registry: Registry, step: Step) -> None:
    try:
        config = json.loads(_docker_config().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        config = {}
    if is_logged_in(config, registry):
        return
    if shutil.which("docker") is None:
        raise SetupError(
            "the docker command is not installed: the registry's credentials have no place.",
            next_step="install the docker CLI (Debian, Ubuntu: apt-get install docker.io).",
        )
    step.note(f"docker login {registry.address}: credentials go to {_docker_config()}")
    step.say(f"docker login {registry.address}")
    shell.run(
        ["docker", "login", "--username", USER, "--password-stdin", registry.address],
        stdin=registry.password,
        step=step,
        next_step=f"docker login --username {USER} {registry.address} with the password in "
        f"{_password_file()}",
    )
