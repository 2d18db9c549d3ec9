"""Which pieces of two texts differ, for highlighting."""

import re
from difflib import SequenceMatcher
from typing import NamedTuple

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_LONGEST = 600  # tokens; comparing is quadratic


class Piece(NamedTuple):
    """A piece of a text, and whether the other text lacks it."""

    text: str
    changed: bool


def changes(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """Both texts in pieces. Texts with next to nothing in common are one changed piece each."""
    ours, theirs = _TOKEN.findall(left), _TOKEN.findall(right)
    if len(ours) + len(theirs) > _LONGEST:
        return _ends(left, right)
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    if matcher.ratio() < 0.3:  # noqa: PLR2004
        return [Piece(left, True)], [Piece(right, True)]
    one: list[Piece] = []
    two: list[Piece] = []
    for word, a, b, c, d in matcher.get_opcodes():
        _add(one, "".join(ours[a:b]), changed=word != "equal")
        _add(two, "".join(theirs[c:d]), changed=word != "equal")
    return one, two


def _add(pieces: list[Piece], text: str, *, changed: bool) -> None:
    if text:
        pieces.append(Piece(text, changed))


def _ends(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """For long texts: what lies between the common beginning and the common end."""
    shortest = min(len(left), len(right))
    start = next((i for i in range(shortest) if left[i] != right[i]), shortest)
    rest = shortest - start
    end = next((i for i in range(rest) if left[-1 - i] != right[-1 - i]), rest)
    made = []
    for text in (left, right):
        pieces: list[Piece] = []
        _add(pieces, text[:start], changed=False)
        _add(pieces, text[start : len(text) - end], changed=True)
        _add(pieces, text[len(text) - end :], changed=False)
        made.append(pieces)
    return made[0], made[1]
