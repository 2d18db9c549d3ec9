"""What a sealed volume holds, path by path: kept beside it, so that a damage can be named."""

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from .tree import Entry, Known, walk

Rows = dict[str, dict[str, str | int]]
"""Path -> what there is, by the word for it that messages use."""


def rows(root: str, known: Known) -> Rows:
    """What a tree holds; `known` has the contents' hashes by path."""
    return {
        os.fsdecode(entry.path): _row(entry, known.get(entry.path, (0, 0, ""))[2])
        for entry in walk(root)
    }


def write(file: Path, volumes: Mapping[str, Rows]) -> None:
    """Keep the rows of a state's volumes by their number: JSON lines, written aside and renamed."""
    aside = file.with_name(f"{file.name}.new")
    with aside.open("w", encoding="ascii") as out:
        for number, found in volumes.items():
            for path, row in found.items():
                out.write(json.dumps([number, path, row], separators=(",", ":")) + "\n")
        out.flush()
        os.fsync(out.fileno())
    aside.rename(file)


def read(file: Path, number: str) -> Rows | None:
    """The rows of one volume; None where none are kept, or not all of it can be read."""
    found: Rows = {}
    try:
        with file.open(encoding="ascii") as lines:
            for line in lines:
                volume, path, row = json.loads(line)
                if volume == number:
                    found[path] = row
    except (OSError, ValueError):
        return None
    return found or None


def differences(before: Rows, now: Rows) -> Iterator[str]:
    """What is not as it was, a sentence a path, by path."""
    for path in sorted({*before, *now}):
        name = path or "its top folder"
        if path not in now:
            yield f"{name} is gone"
        elif path not in before:
            yield f"{name} is new"
        elif before[path] != now[path]:
            changed = [word for word, value in before[path].items() if now[path].get(word) != value]
            yield f"{name}: {', '.join(changed)} changed"


def _row(entry: Entry, content: str) -> dict[str, str | int]:
    attributes = repr(entry.attributes).encode() if entry.attributes else b""
    return {
        "type": stat.S_IFMT(entry.mode),
        "mode": stat.S_IMODE(entry.mode),
        "owner": f"{entry.uid}:{entry.gid}",
        "size": entry.size,
        "content": content[:16],
        "target": os.fsdecode(entry.target),
        "device": entry.device,
        "attributes": hashlib.sha256(attributes).hexdigest()[:16] if attributes else "",
    }
