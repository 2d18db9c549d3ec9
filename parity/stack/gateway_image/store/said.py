"""Answers, kept for a while: an engine under load may lose what a program says to it.

Where they cannot be kept, on a full disk, nobody minds: nearly all arrive.

A caller names its question in PARITY_ASK, and asks for the answer again where it got none.
"""

import json
import os
import time
from contextlib import suppress
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
    with suppress(OSError):
        FOLDER.mkdir(exist_ok=True)
        (FOLDER / key).write_text(text)
    end = time.time() - _SECONDS
    with suppress(OSError):
        for one in FOLDER.iterdir():
            if one.stat().st_mtime < end:
                one.unlink()


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """The answer to the question `key`, null where none is known."""
    try:
        return {"said": json.loads((FOLDER / str(arguments["key"])).read_text())}
    except (FileNotFoundError, ValueError):
        return {"said": None}
