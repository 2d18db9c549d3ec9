"""Make writable copies of directories, or sealed ones: by reference where the file system can, else by content."""

import os
import shutil
from pathlib import Path
from typing import Any

from .place import aside, discard, inside, publish, sync
from .twin import twin


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Copy `from` to `to` for each of `copies`, and take `remove` away. All copies are made, or none.

    `reflink` is `always` (blocks are shared; fails where the file system cannot) or `never`.
    A `from` that begins with a slash is a path of this container, else of the store. `durable`
    waits until it is on disk.
    """
    pairs = [(_source(copy["from"]), inside(copy["to"])) for copy in arguments.get("copies", ())]
    by_content = arguments["reflink"] == "never"
    if by_content and pairs:
        _room(source for source, _ in pairs)
    made: list[Path] = []
    try:
        for source, target in pairs:
            _copy(source, target, by_content=by_content)
            made.append(target)
        if arguments.get("durable"):
            sync()
    except BaseException:
        for target in made:
            discard(target)
        raise
    for name in arguments.get("remove", ()):
        discard(inside(name))
    return {}


def _source(name: str) -> Path:
    source = Path(name) if name.startswith("/") else inside(name)
    if not source.is_dir():
        raise ValueError(f"there is no {source}")
    return source


def _room(sources: Any) -> None:
    from .room import want

    want(sum(size(str(source)) for source in sources))


def size(folder: str) -> int:
    """Bytes that the files in a folder take on disk; those with several names are counted once."""
    seen: set[tuple[int, int]] = set()
    total, folders = 0, [folder]
    while folders:
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                found = entry.stat(follow_symlinks=False)
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif (found.st_dev, found.st_ino) not in seen:
                    total += found.st_blocks * 512
                    if found.st_nlink > 1:
                        seen.add((found.st_dev, found.st_ino))
    return total


def _copy(source: Path, target: Path, *, by_content: bool) -> None:
    made = aside(target)
    try:
        if by_content:
            _written(source, made)
        else:
            twin(str(source), str(made))
        publish(made, target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _written(source: Path, made: Path) -> None:
    """Read and written again, by the program that knows every kind of file."""
    import subprocess

    done = subprocess.run(
        ["cp", "-a", "--reflink=never", "--sparse=auto", "--", str(source), str(made)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise _reason(done.stderr)


def _reason(said: str) -> OSError:
    import errno

    line = said.strip().splitlines()[0] if said.strip() else "cp failed and said nothing"
    return OSError(errno.ENOSPC if "No space left" in line else errno.EIO, line)
