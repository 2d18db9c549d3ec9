"""What in the store may be nobody's: directories with the lease of who made them, and what was left aside."""

import os
import time
from pathlib import Path
from typing import Any

from .place import LEASE, LIVE, MANIFEST, STATES, STORE, TRASH


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """Places below states, live and trial -> their age in seconds and their lease; how much lies aside.

    `sealed` is true of a state that was made whole and not given up. `known` are places that need
    not be told.
    """
    known = set(arguments.get("known", ()))
    found: dict[str, Any] = {}
    for kind in (STATES, LIVE, "trial"):
        for name, age in _names(kind).items():
            place = f"{kind}/{name.partition('.')[0]}"
            if place not in known:
                one = found.setdefault(place, {"age": age, "lease": ""})
                one["age"] = min(one["age"], age)
                if name.endswith(LEASE):
                    one["lease"] = _text(STORE / kind / name)
                if name == f"{place.partition('/')[2]}{MANIFEST}":
                    one["sealed"] = True
    return {"places": found, "aside": len(_names(TRASH))}


def _names(kind: str) -> dict[str, float]:
    now = time.time()
    found = {}
    try:
        for entry in os.scandir(STORE / kind):
            found[entry.name] = now - entry.stat(follow_symlinks=False).st_ctime
    except FileNotFoundError:
        return found
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
