"""Secrets in a command: items that are one because of the item before them."""

from collections.abc import Sequence
from typing import Any

from parity.secrecy import texts


def spans(items: Sequence[str]) -> dict[int, list[texts.Span]]:
    """Spans by index: `--password`, `hunter2` and `curl`, `-u`, `user:hunter2`.

    The words are read as one line, as a shell would print it. What begins an item there is the value of
    the option before: all of the item, with its spaces.
    """
    found: dict[int, list[texts.Span]] = {}
    inside = texts.spans(" ".join(items))
    position = 0
    for index, item in enumerate(items if inside else ()):
        end = position + len(item)
        for start, stop in inside:
            if start == position and index:
                found.setdefault(index, []).append((0, len(item)))
            elif start < end and stop > position:
                here = max(start, position) - position, min(stop, end) - position
                found.setdefault(index, []).append(here)
        position = end + 1
    return found


def are_words(items: Sequence[Any]) -> bool:
    """Whether a list can be a command."""
    return len(items) > 1 and all(type(item) is str for item in items)
