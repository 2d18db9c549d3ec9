"""Which Docker Engine is used: the one the user chose, else one that answers, else one we start."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import docker
import docker.errors
import requests

from scripts.lib import daemon, shell
from scripts.lib.errors import USAGE, SetupError
from scripts.lib.progress import Step

SYSTEM_SOCKET = "unix:///var/run/docker.sock"
PING_TIMEOUT = 10
WORK_TIMEOUT = 900


@dataclass(frozen=True)
class Choice:
    """Where to look, in order, and whether starting an engine is ours to decide."""

    hosts: tuple[str, ...]
    origin: str
    context: str | None = None
    may_start: bool = False


def choose(env: Mapping[str, str], home: Path, configured_context: str | None) -> Choice:
    """Decide as the docker CLI does: DOCKER_HOST, then the context, then the usual sockets."""
    if env.get("DOCKER_HOST"):
        return Choice((env["DOCKER_HOST"],), "DOCKER_HOST")
    context = env.get("DOCKER_CONTEXT") or configured_context or "default"
    if context != "default":
        return Choice((), f"docker context {context!r}", context=context)
    sockets = [SYSTEM_SOCKET]
    if env.get("XDG_RUNTIME_DIR"):
        sockets.append(f"unix://{env['XDG_RUNTIME_DIR']}/docker.sock")
    sockets.append(f"unix://{home}/.docker/run/docker.sock")
    return Choice(tuple(sockets), "the usual sockets", may_start=True)


def configured_context(env: Mapping[str, str], home: Path) -> str | None:
    """The context that `docker context use` left in the CLI's configuration."""
    directory = Path(env.get("DOCKER_CONFIG") or home / ".docker")
    try:
        config = json.loads((directory / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    name = config.get("currentContext") if isinstance(config, dict) else None
    return name if isinstance(name, str) else None


def connect(step: Step, *, start: bool) -> docker.DockerClient:
    """A client of the engine; with `start`, installing and starting one where that is ours to do."""
    home = Path.home()
    choice = choose(os.environ, home, configured_context(os.environ, home))
    client, host, problems = _first_answering(choice)
    if client is None and start and choice.may_start and not _forbidden(problems):
        daemon.install_and_start(step, answers=lambda: _first_answering(choice)[0] is not None)
        client, host, problems = _first_answering(choice)
    if client is None:
        raise _unreachable(choice, problems)
    version = client.version()
    step.done(f"Docker Engine {version['Version']} at {host}")
    return client


def _first_answering(choice: Choice) -> tuple[docker.DockerClient | None, str, list[str]]:
    problems = []
    for host in choice.hosts or (None,):
        try:
            client = _client(choice, host)
            client.ping()
        except (docker.errors.DockerException, requests.RequestException, OSError) as error:
            problems.append(f"{host or choice.origin}: {error}")
            continue
        client.api.timeout = WORK_TIMEOUT
        if choice.may_start and host and host != SYSTEM_SOCKET:
            # Compose, parity and the docker CLI only look at the system's socket by themselves.
            os.environ["DOCKER_HOST"] = host
        return client, host or choice.origin, problems
    return None, "", problems


def _client(choice: Choice, host: str | None) -> docker.DockerClient:
    if choice.context:
        context = docker.ContextAPI.get_context(choice.context)
        if context is None:
            raise SetupError(
                f"{choice.origin} does not exist.",
                next_step="`docker context ls` lists those that do; `docker context use default`.",
                exit_code=USAGE,
            )
        return docker.DockerClient(
            base_url=context.Host, tls=context.TLSConfig or False, timeout=PING_TIMEOUT
        )
    if choice.may_start:
        return docker.DockerClient(base_url=host, timeout=PING_TIMEOUT)
    ssh = bool(host and host.startswith("ssh://"))
    return docker.DockerClient.from_env(timeout=PING_TIMEOUT, use_ssh_client=ssh)


def _forbidden(problems: list[str]) -> bool:
    return any("Permission denied" in problem for problem in problems)


def _unreachable(choice: Choice, problems: list[str]) -> SetupError:
    detail = "\n".join(problems)
    if not choice.may_start:
        return SetupError(
            f"the Docker Engine named by {choice.origin} does not answer.",
            detail=detail,
            next_step="start that engine, or unset the choice (unset DOCKER_HOST DOCKER_CONTEXT; "
            "docker context use default) and run this again.",
        )
    if _forbidden(problems):
        return SetupError(
            "a Docker Engine is there, but this user may not talk to it.",
            detail=detail,
            next_step='sudo usermod -aG docker "$USER" && newgrp docker',
        )
    command = (
        "sudo apt-get install -y docker.io iptables && sudo service docker start"
        if shell.is_debian()
        else "start Docker (on a desktop: the Docker application; else: sudo systemctl start docker)"
    )
    return SetupError("no Docker Engine answers.", detail=detail, next_step=command)
