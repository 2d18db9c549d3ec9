"""A copy of each sealed state's manifest beside its data: by it a marker that was lost is made again."""

import json
import os
from pathlib import Path
from typing import Any

from .place import MANIFEST, STATES, STORE, inside


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`do`: `keep` the `text` of `state`; `drop` it; `all` of them by the state's id.

    Kept is what is whole, and dropped what goes: the file is there before the marker is, and goes
    before it.
    """
    if arguments["do"] == "all":
        return {"manifests": _all()}
    file = inside(f"{STATES}/{arguments['state']}{MANIFEST}")
    if arguments["do"] == "keep":
        _keep(file, arguments["text"])
    else:
        file.unlink(missing_ok=True)
        _settle(file.parent)
    return {}


def _keep(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    aside = file.with_name(f"{file.name}.new")
    with aside.open("w", encoding="utf-8") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    aside.rename(file)
    _settle(file.parent)


def _settle(folder: Path) -> None:
    """Have on disk what is called how."""
    try:
        fd = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def _all() -> dict[str, str]:
    found = {}
    for file in (STORE / STATES).glob(f"*{MANIFEST}"):
        try:
            text = file.read_text(encoding="utf-8")
            holds_data = bool(json.loads(text)["volumes"])
        except (OSError, ValueError, KeyError, TypeError):
            continue
        # Without its data it is none any more. One of a stack without data has no directory.
        if file.with_suffix("").is_dir() or not holds_data:
            found[file.stem] = text
    return found
