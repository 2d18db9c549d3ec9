"""Try a way of copying for real: a small sealed tree, a copy of it, and a program that uses the copy.

`prepare` and `finish` run in the keeper; `use` runs twice in one container with the copy at /data.
"""

import hashlib
import os
import shutil
import stat
import time
from pathlib import Path
from typing import Any

from .place import STORE, inside
from .tree import tree

DATA = Path("/data")
_OWNER, _MODE, _LARGE = 1234, 0o750, 64 << 20
_ABANDONED_SECONDS = 3600.0


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`do`: `prepare` (answers a digest), `use` (answers milliseconds), `finish` (needs the digest)."""
    if arguments["do"] == "use":
        return _again() if (DATA / "second").exists() else _first()
    place = inside(arguments["place"])
    if arguments["do"] == "prepare":
        _sweep()
        _prepare(place / "sealed")
        return {"digest": tree(str(place / "sealed")).digest}
    same = tree(str(place / "sealed")).digest == arguments["digest"]
    shutil.rmtree(place)
    return {"same": same}


def _prepare(root: Path) -> None:
    (root / "folder").mkdir(parents=True)
    (root / "kept").write_text("kept")
    (root / "gone").write_text("gone")
    (root / "folder" / "inner").write_text("inner")
    (root / "one").write_text("one")
    os.link(root / "one", root / "other")
    with (root / "large").open("wb") as file:
        for _ in range(_LARGE >> 20):
            file.write(os.urandom(1 << 20))
        os.fsync(file.fileno())
    os.chown(root, _OWNER, _OWNER)
    root.chmod(_MODE)


def _first() -> dict[str, Any]:
    found = DATA.stat()
    _expect((found.st_uid, stat.S_IMODE(found.st_mode)) == (_OWNER, _MODE), "owner or mode")
    _expect((DATA / "kept").read_text() == "kept", "reading")
    began = time.monotonic()
    with (DATA / "large").open("r+b") as file:
        took = time.monotonic() - began
        file.write(b"changed")
    (DATA / "kept").write_text("written")
    (DATA / "gone").unlink()
    (DATA / "folder").rename(DATA / "renamed")
    (DATA / "one").write_text("both")
    _expect((DATA / "other").read_text() == "both", "two names of one file")
    (DATA / "second").write_text(_digest())
    return {"milliseconds": round(took * 1000, 1)}


def _again() -> dict[str, Any]:
    """What was written is what is there after the container was started again."""
    _expect((DATA / "kept").read_text() == "written", "a file after a restart")
    _expect(not (DATA / "gone").exists(), "a removed file after a restart")
    _expect((DATA / "renamed" / "inner").read_text() == "inner", "a renamed folder")
    _expect((DATA / "second").read_text() == _digest(), "a large file after a restart")
    return {"milliseconds": 0.0}


def _digest() -> str:
    digest = hashlib.sha256()
    with (DATA / "large").open("rb") as file:
        while data := file.read(1 << 20):
            digest.update(data)
    return digest.hexdigest()


def _expect(holds: bool, what: str) -> None:  # noqa: FBT001 - reads as a sentence
    if not holds:
        raise ValueError(f"not as it should be: {what}")


def _sweep() -> None:
    """Remove trials whose command was killed."""
    for folder in (STORE / "trial").glob("*"):
        if time.time() - folder.stat().st_mtime > _ABANDONED_SECONDS:
            shutil.rmtree(folder, ignore_errors=True)
