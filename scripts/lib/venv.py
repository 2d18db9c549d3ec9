"""The virtual environment of this checkout. Standard library only: it runs before anything is there."""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scripts.lib import shell
from scripts.lib.errors import SetupError
from scripts.lib.paths import ROOT, venv_dir
from scripts.lib.progress import Progress, Step

EXTRAS = "compose,dev"
STAMP = "parity-installed"


def wanted_stamp(pyproject: Path) -> str:
    """What the stamp file holds once everything pyproject.toml asks for is installed."""
    return hashlib.sha256(pyproject.read_bytes() + EXTRAS.encode()).hexdigest()


def is_current(venv: Path, pyproject: Path) -> bool:
    """Whether nothing is left to install."""
    stamp = venv / STAMP
    try:
        return stamp.read_text(encoding="ascii") == wanted_stamp(pyproject)
    except OSError:
        return False


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """One installer at a time; the file read anyway serves as the lock."""
    with path.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def create(venv: Path, step: Step) -> None:
    """Make the environment; a broken or half-made one is made anew."""
    python = venv / "bin" / "python"
    if python.exists() and _works(python):
        return
    if not _has_ensurepip():
        _install_venv_package(step)
    step.say(f"making {venv} with Python {sys.version.split()[0]}")
    shell.run(
        [sys.executable, "-m", "venv", "--clear", str(venv)],
        next_step=f"see what Python says above; {venv} may not be writable.",
        step=step,
    )


def _works(python: Path) -> bool:
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0


def _has_ensurepip() -> bool:
    return (
        subprocess.run(
            [sys.executable, "-c", "import ensurepip, venv"], capture_output=True, check=False
        ).returncode
        == 0
    )


def _install_venv_package(step: Step) -> None:
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not shell.can_install():
        raise SetupError(
            f"{sys.executable} cannot make virtual environments: its venv module is not installed.",
            next_step=f"sudo apt-get install {package}   (or your system's equivalent)",
        )
    shell.apt_install([package], step)


def install(venv: Path, step: Step) -> None:
    """Install this checkout, editable, with everything it needs to be worked on."""
    step.say(f'pip install -e ".[{EXTRAS}]"')
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    shell.run(
        [*pip, "install", "-e", f"{ROOT}[{EXTRAS}]"],
        next_step="if the package index is out of reach, check the network or pip's configuration "
        "(PIP_INDEX_URL, PIP_CERT); then run this again.",
        step=step,
    )


def ensure() -> None:
    """Make or update the environment, only when pyproject.toml changed since the last time."""
    venv, pyproject = venv_dir(), ROOT / "pyproject.toml"
    if is_current(venv, pyproject) and shutil.which(str(venv / "bin" / "python")):
        return
    progress = Progress(plain=False)
    with progress.step("python", "preparing the virtual environment") as step, locked(pyproject):
        if not is_current(venv, pyproject):
            create(venv, step)
            install(venv, step)
            (venv / STAMP).write_text(wanted_stamp(pyproject), encoding="ascii")
        step.done(f"{venv.name} has parity and its tools")


def main() -> int:
    """Run by scripts/lib/bootstrap.sh."""
    try:
        ensure()
    except SetupError as error:
        sys.stderr.write(error.render("setup"))
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
