"""HTML that cannot be forgotten to escape: plain text becomes markup only through `tag` and `join`."""

from collections.abc import Iterable
from html import escape
from typing import Final

from parity.report.text import visible

_EMPTY: Final = frozenset({"meta", "input", "wbr"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def text(value: str) -> Markup:
    """Plain text as HTML, control characters shown."""
    return value if isinstance(value, Markup) else Markup(escape(visible(value)))


def tag(name: str, /, *children: str | None, **attributes: str | bool | None) -> Markup:
    """An element. Children that are not markup are escaped; `class_` is class, `data_x` is data-x.

    An attribute that is None or False is left out, and one that is True has no value.
    """
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        shown = key.rstrip("_").replace("_", "-")
        parts.append(shown if value is True else f'{shown}="{text(str(value))}"')
    opening = f"<{' '.join(parts)}>"
    if name in _EMPTY:
        return Markup(opening)
    return Markup(f"{opening}{join(children)}</{name}>")


def join(parts: Iterable[str | None], between: str = "") -> Markup:
    """Parts one after the other; plain ones are escaped, None is left out."""
    return Markup(between.join(text(part) for part in parts if part is not None))


def prose(value: str) -> Markup:
    """A sentence; what stands between backticks is code."""
    parts = value.split("`")
    if len(parts) % 2 == 0:  # a backtick without its counterpart
        return text(value)
    return join(tag("code", part) if i % 2 else part for i, part in enumerate(parts) if part)
