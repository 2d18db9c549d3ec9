"""What `parity doctor` looks at of the machine that parity is called on."""

import ctypes
import errno
import json
import os
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from parity.actions import git as asked
from parity.actions.doctor_check import Check, judged
from parity.compose_cli import config_folder
from parity.errors import UsageError
from parity.paths import ProjectPaths

_INOTIFY = Path("/proc/sys/fs/inotify")
_NOT_WATCHED = frozenset({".git", ".parity", "node_modules", ".venv", "__pycache__"})


def git(paths: ProjectPaths | None) -> Iterator[Check]:
    """Whether git is there, and reads this repository."""
    if shutil.which("git") is None:
        yield Check(
            "git",
            "warning",
            "git is not installed: no hook, and no branch in names",
            "install git, e.g. `sudo apt install git`",
        )
        return
    if paths is None:
        yield Check("git", "ok", "installed")
        return
    try:
        yield Check("git", "ok", f"the repository is {asked.top(paths.root)}")
    except UsageError as error:
        if "dubious ownership" in error.message:
            yield Check(
                "git",
                "warning",
                "git does not trust the project's folder: it belongs to another user",
                f"`git config --global --add safe.directory {paths.root}`",
            )
        else:
            text = f"{paths.root} is in no git repository: there is nothing to hook into"
            yield Check("git", "unknown", text, f"`git init {paths.root}` makes one")


def logins() -> Iterator[Check]:
    """Whether the programs that keep logins to registries are there."""
    file = config_folder() / "config.json"
    try:
        tree = json.loads(file.read_text(encoding="utf-8"))
        helpers, hosts = _helpers(tree), len(tree.get("auths") or {})
    except FileNotFoundError:
        yield Check("logins", "ok", "none: registries are asked without")
        return
    except (OSError, ValueError, AttributeError, TypeError):
        yield Check(
            "logins",
            "failed",
            f"{file} cannot be read",
            "mend it: the docker CLI cannot read it either",
        )
        return
    missing = [name for name in helpers if shutil.which(f"docker-credential-{name}") is None]
    yield judged(
        "logins",
        f"{file} keeps logins in docker-credential-{missing[0]}, which is not installed"
        if missing
        else f"{file} has {hosts} {'registry' if hosts == 1 else 'registries'}",
        "failed" if missing else "",
        f"install it; or take `credsStore` and `credHelpers` out of {file} and `docker login` again",
    )


def names() -> Iterator[Check]:
    """Whether programs here find names below `localhost`."""
    try:
        socket.getaddrinfo("parity.localhost", 80)
    except OSError:
        yield Check(
            "names",
            "warning",
            "programs here do not resolve names below `localhost`; browsers and curl do so themselves",
            "`sudo apt install libnss-myhostname`; or use the addresses with 127.0.0.1 that `parity ps` prints",
        )
    else:
        yield Check("names", "ok", "names below `localhost` are this machine")


def writable(paths: ProjectPaths) -> Iterator[Check]:
    """Whether parity may write what it keeps in the project."""
    shut = [place for place in _kept(paths) if not os.access(place, os.W_OK)]
    yield judged(
        "project",
        f"{shut[0]} cannot be written" if shut else f"{paths.root} can be written",
        "failed" if shut else "",
        f'`sudo chown -R "$(id -u)" {paths.root if paths.root in shut else paths.state}`',
    )


def file_events(root: Path, limits: Path = _INOTIFY) -> Iterator[Check]:
    """Whether the kernel has room for `parity watch` to hear of changes."""
    if not limits.is_dir():
        yield Check("file events", "ok", "no limit on this system")
        return
    most = int((limits / "max_user_watches").read_text())
    count = _folders(root, most)
    text = (
        f"folders to watch: {count}{'' if count < most else ' or more'}; the kernel allows {most}"
    )
    if count > most // 2:
        yield Check(
            "file events", "warning", text, "`sudo sysctl fs.inotify.max_user_watches=524288`"
        )
    elif not _another():
        yield Check(
            "file events",
            "warning",
            f"all {(limits / 'max_user_instances').read_text().strip()} watchers of this user are taken",
            "`sudo sysctl fs.inotify.max_user_instances=1024`",
        )
    else:
        yield Check("file events", "ok", text)


def _helpers(tree: dict[str, Any]) -> list[str]:
    store = tree.get("credsStore")
    return [*([str(store)] if store else ()), *map(str, (tree.get("credHelpers") or {}).values())]


def _kept(paths: ProjectPaths) -> Iterator[Path]:
    yield paths.root
    if paths.state.is_dir():
        yield paths.state
        yield from paths.state.iterdir()


def _folders(root: Path, most: int) -> int:
    count = 0
    for _, below, _ in os.walk(root):
        below[:] = [name for name in below if name not in _NOT_WATCHED]
        count += 1
        if count >= most:
            break
    return count


def _another() -> bool:
    """Whether the kernel gives this user one more inotify instance."""
    if sys.platform != "linux":
        return True
    try:
        handle = ctypes.CDLL(None, use_errno=True).inotify_init1(0)
    except (OSError, AttributeError):
        return True
    if handle < 0:
        return ctypes.get_errno() != errno.EMFILE
    os.close(handle)
    return True
