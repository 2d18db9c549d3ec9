"""Answers, kept for a while: an engine under load may lose what a program says to it.

A caller names its question in PARITY_ASK, and asks for the answer again where it got none.
"""

import json
import os
import time
from pathlib import Path
from typing import Any

FOLDER = Path("/tmp/parity-answers")  # noqa: S108 - of a container that is ours alone
KEY = "PARITY_ASK"
_SECONDS = 600.0


def keep(text: str) -> None:
    """Keep the answer to the question that is asked, if it has a name; old ones go."""
    key = os.environ.get(KEY, "")
    if not key.isalnum():
        return
    FOLDER.mkdir(exist_ok=True)
    end = time.time() - _SECONDS
    for one in FOLDER.iterdir():
        try:
            if one.stat().st_mtime < end:
                one.unlink()
        except FileNotFoundError:  # somebody else's turn
            continue
    (FOLDER / key).write_text(text)


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """The answer to the question `key`, null where none is known."""
    try:
        return {"said": json.loads((FOLDER / str(arguments["key"])).read_text())}
    except (FileNotFoundError, ValueError):
        return {"said": None}
