"""The writable layer over a sealed directory: empty, but with the sealed root's owner and mode.

The root of a mounted overlay is the upper one: with another owner the service could not write there.
"""

import os
import shutil
import stat
from pathlib import Path
from typing import Any

from .place import aside, discard, inside, publish


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """For each of `layers` the directory `to`, holding `up` and `work`; takes `remove` away."""
    made: list[Path] = []
    try:
        for layer in arguments.get("layers", ()):
            target = inside(layer["to"])
            _layer(inside(layer["over"]), target)
            made.append(target)
    except BaseException:
        for target in made:
            discard(target)
        raise
    for name in arguments.get("remove", ()):
        discard(inside(name))
    return {}


def _layer(sealed: Path, target: Path) -> None:
    if not sealed.is_dir():
        raise ValueError(f"there is no {sealed}")
    made = aside(target)
    try:
        made.mkdir(mode=0o711)
        (made / "work").mkdir(mode=0o700)
        _like(sealed, made / "up")
        publish(made, target)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise


def _like(sealed: Path, upper: Path) -> None:
    upper.mkdir()
    found = sealed.stat()
    os.chown(upper, found.st_uid, found.st_gid)
    upper.chmod(stat.S_IMODE(found.st_mode))
    for name in os.listxattr(sealed):
        # The kernel's own notes of another overlay are none of this one's.
        if not name.startswith("trusted.overlay."):
            os.setxattr(upper, name, os.getxattr(sealed, name))
    os.utime(upper, ns=(found.st_atime_ns, found.st_mtime_ns))
