"""What the texts of /proc have in common."""

import re
from collections.abc import Iterator

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def fields(text: str) -> dict[str, str]:
    """`Name:<tab>value` lines."""
    rows = (line.partition(":") for line in text.splitlines())
    return {name: value.strip() for name, colon, value in rows if colon}


def rows(text: str) -> Iterator[list[str]]:
    """The words of each line that has some."""
    return (words for line in text.splitlines() if (words := line.split()))


def number(text: str) -> int | None:
    """A plain decimal number, or nothing."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None  # noqa: PLR2004


def plain(text: str, most: int = 200) -> str:
    """A text from somebody's container without control characters, cut where it is too long."""
    return _CONTROL.sub("?", text)[:most]
