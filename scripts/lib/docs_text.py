"""Markdown for the generated pages."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

GENERATED = "<!-- Written by scripts/gen_docs. -->"


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table; a bar inside a cell is escaped."""
    lines = ["| " + " | ".join(headings) + " |", "|" + " --- |" * len(headings)]
    return [*lines, *("| " + " | ".join(map(cell, row)) + " |" for row in rows)]


def cell(text: str) -> str:
    """Text that stays inside its cell."""
    return " ".join(text.split()).replace("|", "\\|")


def code(text: str) -> str:
    """Text in code type; nothing for nothing."""
    return f"`{text}`" if text else ""


def page(lines: Iterable[str], *, source: str) -> str:
    """The lines with the note of where the page comes from."""
    return "\n".join([f"{GENERATED[:-4]} Source: {source} -->", "", *lines]).rstrip() + "\n"
