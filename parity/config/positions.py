"""Lines of keys in a TOML text (the standard parser keeps none)."""

import re
from collections.abc import Sequence

_HEADER = re.compile(r"^\s*(\[\[?)\s*(.+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(
    r"""^\s*((?:"[^"]*"|'[^']*'|[\w-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[\w-]+))*)\s*="""
)
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([\w-]+))\s*\.?""")


def line_of(text: str, location: Sequence[str | int]) -> int:
    """The line (from 1) of the longest known prefix of `location`; 1 where nothing is known."""
    wanted = tuple(location)
    best, best_line = 0, 1
    table: tuple[str | int, ...] = ()
    counts: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        header = _HEADER.match(line)
        if header:
            table = _split(header[2])
            if header[1] == "[[":
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            found = table
        else:
            key = _KEY.match(line)
            if key is None:
                continue
            found = (*table, *_split(key[1]))
        shared = _shared(found, wanted)
        if shared > best and (shared == len(found) or shared == len(wanted)):
            best, best_line = shared, number
    return best_line


def _split(text: str) -> tuple[str | int, ...]:
    return tuple(a or b or c for a, b, c in _PART.findall(text))


def _shared(found: Sequence[str | int], wanted: Sequence[str | int]) -> int:
    count = 0
    for left, right in zip(found, wanted, strict=False):
        if left != right:
            break
        count += 1
    return count
