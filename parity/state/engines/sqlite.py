"""SQLite: no server, only files, wherever a program keeps them. Hence no `ENGINE`.

Nothing is settled: who opens such a file first rolls back what was half written, in milliseconds.
"""

import json
from importlib.resources import files

TITLE = "SQLite"
QUIRKS = (
    "Found by the first bytes of each file on a volume, whatever it is called. A write-ahead log or "
    "a journal beside it belongs to the same instant and is kept."
)


def argv(*folders: str) -> tuple[str, ...]:
    """A command that checks every SQLite file below some folders, in any container with Python.

    It needs nothing of parity in there, opens nothing for writing, and prints one JSON document.
    """
    program = files("parity.state.engines").joinpath("sqlite_check.py").read_text("utf-8")
    return ("python3", "-I", "-B", "-c", program, *folders)


def answer(output: str) -> tuple[int, tuple[str, ...]]:
    """(number of SQLite files, what is wrong with them); ValueError for anything but its answer."""
    said = json.loads(output)
    if not isinstance(said, dict) or not {"files", "problems"} <= said.keys():
        raise ValueError("not the answer of the SQLite check")
    return int(said["files"]), tuple(map(str, said["problems"]))
