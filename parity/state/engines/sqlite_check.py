"""Check every SQLite file below the folders named as arguments. Runs alone, with Python's library only.

A file with a write-ahead log or a journal is checked as a copy, since looking at it means to write.
"""

import json
import os
import shutil
import sqlite3
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

_MAGIC = b"SQLite format 3\0"
_BESIDE = ("-wal", "-journal")
_MOST = 5


def found(folder: Path) -> Iterator[Path]:
    """The SQLite files below a folder; links are not followed."""
    for directory, _, names in os.walk(folder):
        for name in sorted(names):
            path = Path(directory, name)
            if stat.S_ISREG(path.lstat().st_mode) and _begins(path):
                yield path


def _begins(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(_MAGIC)) == _MAGIC


def problems(path: Path) -> list[str]:
    """What `PRAGMA integrity_check` says against a file; empty where it is in order."""
    beside = [Path(f"{path}{end}") for end in _BESIDE]
    beside = [one for one in beside if one.is_file() and one.stat().st_size]
    if not beside:
        return _ask(path, "mode=ro&immutable=1")
    with tempfile.TemporaryDirectory() as folder:
        for one in (path, *beside):
            shutil.copyfile(one, Path(folder, one.name))
        return _ask(Path(folder, path.name), "mode=rw")


def _ask(path: Path, how: str) -> list[str]:
    try:
        connection = sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True)
        try:
            rows = connection.execute(f"PRAGMA integrity_check({_MOST})").fetchall()
        finally:
            connection.close()
    except sqlite3.Error as error:
        return [str(error)]
    return [line for (text,) in rows for line in str(text).splitlines() if text != "ok"][:_MOST]


def main(folders: list[str]) -> None:
    """Write the answer to stdout."""
    looked, wrong = 0, []
    for folder in folders:
        for path in found(Path(folder)):
            looked += 1
            wrong += [f"{path.relative_to(folder)}: {text}" for text in problems(path)]
    os.write(1, json.dumps({"files": looked, "problems": wrong}).encode())


if __name__ == "__main__":
    main(sys.argv[1:])
