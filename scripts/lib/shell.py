"""The only place of these scripts that starts programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.lib.errors import UNREACHABLE, SetupError
from scripts.lib.progress import Step

TAIL = 20


def run(
    command: Sequence[str],
    *,
    next_step: str,
    step: Step | None = None,
    env: Mapping[str, str] | None = None,
    stdin: str | None = None,
    exit_code: int = UNREACHABLE,
) -> str:
    """Run a program to its end and return the last lines it wrote; they are the error's detail."""
    tail: deque[str] = deque(maxlen=TAIL)
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, **(env or {})},
        text=True,
        errors="replace",
    ) as process:
        try:
            if stdin is not None and process.stdin is not None:
                process.stdin.write(stdin)
                process.stdin.close()
            for line in process.stdout or ():
                tail.append(line.rstrip())
                if step and line.strip():
                    step.show_life(line)
        except BaseException:
            # Interrupted: what we started must not go on working in a folder that we remove.
            process.terminate()
            process.wait()
            raise
    output = "\n".join(tail)
    if process.returncode:
        raise SetupError(
            f"`{' '.join(command)}` ended with exit code {process.returncode}.",
            detail=output,
            next_step=next_step,
            exit_code=exit_code,
        )
    return output


def is_debian(os_release: Path = Path("/etc/os-release")) -> bool:
    """Debian, Ubuntu or something that says it is like them."""
    try:
        lines = os_release.read_text(encoding="utf-8").splitlines()
    except OSError:
        return False
    values = dict(line.split("=", 1) for line in lines if "=" in line)
    named = f"{values.get('ID', '')} {values.get('ID_LIKE', '')}".replace('"', "").split()
    return bool({"debian", "ubuntu"} & set(named))


def can_install() -> bool:
    """Whether packages can be installed without asking anybody: root, with apt."""
    return os.geteuid() == 0 and is_debian() and shutil.which("apt-get") is not None


def apt_install(packages: Sequence[str], step: Step) -> None:
    """Install Debian packages; only where can_install() says so."""
    command = f"apt-get install {' '.join(packages)}"
    next_step = f"see what apt says above; when `{command}` works, run this again."
    apt = ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120"]
    env = {"DEBIAN_FRONTEND": "noninteractive"}
    step.note(f"installing {' '.join(packages)}")
    step.say("apt-get update")
    run([*apt, "update"], next_step=next_step, step=step, env=env)
    step.say(command)
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    run(install, next_step=next_step, step=step, env=env)


def apt_knows(package: str) -> bool:
    """Whether this release has the package at all."""
    found = subprocess.run(["apt-cache", "show", package], capture_output=True, check=False)
    return found.returncode == 0
