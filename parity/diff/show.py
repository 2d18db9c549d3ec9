"""Values in one line, and what the eye does not see made visible."""

import json
import unicodedata
from typing import Any

from parity.diff.units import show_seconds, show_size
from parity.model.difference import Difference, Kind, Part
from parity.model.document import ABSENT, Path

_LONGEST = 200
_SIZES = frozenset({"memory", "shm_size", "size", "memswap_limit"})
_TIMES = frozenset(
    {"interval", "timeout", "start_period", "start_interval", "stop_grace_period", "delay"}
)


def value(path: Path, given: Any) -> str:
    """One value in one line."""
    if given is ABSENT:
        return "unset"
    last = path[-1] if path else ""
    if path and path[0] != "environment" and not isinstance(given, bool):
        if isinstance(given, int) and last in _SIZES:
            return show_size(given)
        if isinstance(given, int | float) and last in _TIMES:
            return show_seconds(float(given))
    return shortened(_text(given))


def side(path: Path, given: Any, default: str) -> str:
    """One side of a difference: `unset -> 64 MiB (engine default)` where nothing is set."""
    return f"unset -> {default}" if given is ABSENT and default else value(path, given)


def details(difference: Difference, names: tuple[str, str] = ("left", "right")) -> tuple[str, ...]:
    """The component-wise view, or the byte-wise one, by the sides' names, where the eye sees nothing."""
    if difference.kind is Kind.INVISIBLE:
        longest = max(map(len, names))
        return tuple(
            f"{name} bytes: {' ' * (longest - len(name))}{escaped(value)}"
            for name, value in zip(names, (difference.left, difference.right), strict=True)
        )
    return tuple(_part(part) for part in difference.parts)


def escaped(given: Any) -> str:
    """A text with every character that is not plain ASCII written as an escape, between marks."""
    text = "".join(_escape(character) for character in str(given))
    return f"«{shortened(text)}»"


def shortened(text: str) -> str:
    """At most 200 characters; the end matters as much as the beginning."""
    if len(text) <= _LONGEST:
        return text
    return f"{text[: _LONGEST - 41]} … {text[-38:]}"


def _part(part: Part) -> str:
    left, right = (
        "unset" if each is ABSENT else shortened(_visible(str(each)).replace("\n", " ⏎ "))
        for each in (part.left, part.right)
    )
    return f"{part.name}: {left} -> {right}"


def _text(given: Any) -> str:
    if isinstance(given, str):
        return _visible(given) if given else "(empty)"
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, tuple):
        return json.dumps([str(item) for item in given], ensure_ascii=False) if given else "[]"
    if isinstance(given, dict):
        shown = (
            (name, value(("", str(name).rpartition(".")[2]), item)) for name, item in given.items()
        )
        return ", ".join(f"{name}: {item}" for name, item in shown)
    return _visible(str(given))


def _visible(text: str) -> str:
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in text).replace(
        "\n", "\\n"
    )


def _escape(character: str) -> str:
    if character in "\n\r\t":
        return {"\n": "\\n", "\r": "\\r", "\t": "\\t"}[character]
    if " " <= character <= "~":
        return character
    name = unicodedata.name(character, "")
    return f"\\u{ord(character):04x}" + (f"({name})" if name else "")
