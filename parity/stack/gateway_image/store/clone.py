"""Make writable copies of directories, or sealed ones: by reference where the file system can, else by content."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from .place import aside, discard, inside, publish, sync


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Copy `from` to `to` for each of `copies`, and take `remove` away.

    `reflink` is `always` (blocks are shared; fails where the file system cannot) or `never`.
    A `from` that begins with a slash is a path of this container, else of the store. `durable`
    waits until it is on disk.
    """
    for copy in arguments.get("copies", ()):
        source = Path(copy["from"]) if copy["from"].startswith("/") else inside(copy["from"])
        _copy(source, inside(copy["to"]), arguments["reflink"])
    if arguments.get("durable"):
        sync()
    for name in arguments.get("remove", ()):
        discard(inside(name))
    return {}


def _copy(source: Path, target: Path, reflink: str) -> None:
    if not source.is_dir():
        raise ValueError(f"there is no {source}")
    made = aside(target)
    try:
        done = subprocess.run(
            ["cp", "-a", f"--reflink={reflink}", "--sparse=auto", "--", str(source), str(made)],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise _reason(done.stderr)
        publish(made, target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _reason(said: str) -> OSError:
    import errno

    line = said.strip().splitlines()[0] if said.strip() else "cp failed and said nothing"
    for code, sign in ((errno.ENOSPC, "No space left"), (errno.EOPNOTSUPP, "not supported")):
        if sign in line:
            return OSError(code, line)
    return OSError(errno.EIO, line)
