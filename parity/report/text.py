"""Text for people: made visible, measured, broken into lines."""

import os.path
import re
import unicodedata
from pathlib import Path, PurePath

from parity.model.setting import Origin

_NEAR = 3
"""Folders to go up at most before a whole name is easier to read."""
_PIECE = re.compile(r"\s*\S+")


def visible(text: str) -> str:
    """Text without control characters: what a definition holds must not drive the terminal."""
    return text if text.isprintable() else "".join(map(_visible, text))


def _visible(character: str) -> str:
    if character.isprintable():
        return character
    number = ord(character)
    known = {9: "\\t", 10: "\\n", 13: "\\r"}
    return known.get(number) or (f"\\x{number:02x}" if number < 256 else f"\\u{number:04x}")  # noqa: PLR2004


def counted(number: int, noun: str) -> str:
    """`1 service`, `1,200 services`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def listed(words: list[str] | tuple[str, ...], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:  # noqa: PLR2004
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def columns(text: str) -> int:
    """How many terminal columns a text takes: wide characters two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def pad(text: str, width: int) -> str:
    """Text filled up to `width` columns."""
    return text + " " * (width - columns(text))


def cut(text: str, width: int) -> str:
    """Text of at most `width` columns; what is left out shows as `…`."""
    if columns(text) <= width:
        return text
    kept = ""
    for character in text:
        if columns(kept) + _columns(character) > width - 1:
            break
        kept += character
    return kept + "…"


def short_name(name: str, width: int) -> str:
    """An environment's name in at most `width` columns; the middle goes, since names that are file
    names differ at their ends.
    """
    name = visible(name)
    if columns(name) <= width:
        return name
    head = cut(name, max(width // 3, 2))
    tail = ""
    for character in reversed(name):
        if columns(head) + columns(tail) + _columns(character) > width:
            break
        tail = character + tail
    return head + tail


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns, broken at spaces, or anywhere where a word is too long."""
    width = max(width, 8)
    if columns(text) <= width:
        return [text]
    lines = [""]
    for piece in _PIECE.findall(text) or [text]:
        if columns(lines[-1]) + columns(piece) <= width:
            lines[-1] += piece
            continue
        word = piece.lstrip() if lines[-1] else piece
        if lines[-1]:
            lines.append("")
        for character in word:
            if columns(lines[-1]) + _columns(character) > width:
                lines.append("")
            lines[-1] += character
    return lines


def shorten(text: str, limit: int) -> str:
    """At most about `limit` characters, with a count of what is left out."""
    if len(text) <= limit + 24:
        return text
    return f"{text[:limit]}… ({counted(len(text) - limit, 'more character')})"


def relative(file: str, root: Path | None) -> str:
    """The file's name as seen from `root`; unchanged where it does not lie below, or near enough."""
    path = PurePath(file)
    if root is None or not path.is_absolute():
        return file
    if path.is_relative_to(root):
        return path.relative_to(root).as_posix()
    near = os.path.relpath(path, root)  # of the names alone: nothing is asked of the disk
    return near if near.count("..") <= _NEAR else file


def place(origin: Origin | None, root: Path | None) -> str:
    """`file:line`, or nothing."""
    return str(Origin(relative(origin.file, root), origin.line)) if origin else ""
