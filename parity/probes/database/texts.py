"""Texts out of a database as facts: without control characters, and of a length that can be shown."""

import unicodedata
from collections.abc import Iterator
from typing import Any

from parity.probes.database.contract import Answers, Rows

LONGEST = 400


def clean(value: Any, most: int = LONGEST) -> str:
    """A value as one line. Terminal escapes and what turns the direction of writing are left out."""
    if value is None:
        return ""
    if isinstance(value, bytes):
        value = value[: most * 4].decode(errors="replace")
    text = str(value)[: most * 4]
    kept = "".join(" " if c.isspace() else c for c in text if c.isspace() or _shows(c))
    kept = " ".join(kept.split())
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"


def _shows(character: str) -> bool:
    return unicodedata.category(character) not in ("Cc", "Cf", "Cs", "Co", "Cn")


def rows(answers: Answers, name: str, width: int) -> Iterator[list[Any]]:
    """The rows of an answer that are as wide as asked for; a server may send anything."""
    found = answers.get(name, ())
    if isinstance(found, str):
        return
    for row in found:
        if isinstance(row, (list, tuple)) and len(row) == width:
            yield list(row)


def first(answers: Answers, name: str, width: int) -> list[Any] | None:
    """The first row of an answer."""
    return next(rows(answers, name, width), None)


def unread(answers: Answers) -> dict[str, str]:
    """Why there is no answer, by the fact that it would have given: the first word of its question."""
    missed = {name: each for name, each in answers.items() if isinstance(each, str)}
    return {name.partition(" ")[0]: clean(why) for name, why in missed.items()}


def whole(value: Any) -> int | None:
    """A number; None for what is none."""
    try:
        return int(str(value)[:20])
    except ValueError:
        return None


def one_text(answers: Answers, name: str) -> str:
    """An answer that is one text."""
    found: Rows | str = answers.get(name, ())
    row = None if isinstance(found, str) else first(answers, name, 1)
    return str(row[0]) if row and row[0] is not None else ""


def compact(table: dict[str, Any]) -> dict[str, Any]:
    """The facts that say something: `false` and `0` do, nothing and empty tables do not."""
    return {k: v for k, v in table.items() if v is not None and v not in ("", {}, [])}
