"""Compound values component by component: URLs, argument vectors, sets, files."""

import difflib
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from parity.diff.kinds import form
from parity.model.difference import Part
from parity.model.document import ABSENT, Path
from parity.model.hidden import Concealed

_SETS = frozenset(
    {"cap_add", "cap_drop", "security_opt", "group_add", "dns", "dns_search", "dns_opt", "expose"}
)
_MOST = 12


def parts_of(path: Path, left: Any, right: Any) -> tuple[Part, ...]:
    """The components in which two values differ; empty for what has none."""
    if left is ABSENT or right is ABSENT:
        return ()
    if isinstance(left, tuple) and isinstance(right, tuple):
        if path[0] in _SETS or path[-1] == "aliases":
            return tuple(_sets(left, right))
        return tuple(_words(left, right))
    if isinstance(left, str | Concealed) and isinstance(right, str | Concealed):
        one, two = str(left), str(right)
        if form(one) == form(two) == "url":
            return tuple(_urls(one, two))
        if "\n" in one.strip() or "\n" in two.strip():
            return tuple(_lines(one, two))[:_MOST]
    return ()


@lru_cache(maxsize=1024)
def url_parts(url: str) -> Mapping[str, str]:
    """scheme, user, password, host, port, path and each query parameter of a URL."""
    try:
        split = urlsplit(url)
        port = split.port
    except ValueError:
        return {"url": url}
    parts = {
        "scheme": split.scheme,
        "user": split.username or "",
        "password": split.password or "",
        "host": split.hostname or "",
        "port": str(port or ""),
        "path": split.path,
        "fragment": split.fragment,
    }
    for name, value in parse_qsl(split.query, keep_blank_values=True):
        parts[f"query.{name}"] = value
    return {name: value for name, value in parts.items() if value or name.startswith("query.")}


def _urls(left: str, right: str) -> Iterator[Part]:
    one, two = url_parts(left), url_parts(right)
    for name in dict.fromkeys((*one, *two)):
        if one.get(name) != two.get(name):
            yield Part(name, one.get(name, ABSENT), two.get(name, ABSENT))


def _sets(left: tuple[Any, ...], right: tuple[Any, ...]) -> Iterator[Part]:
    for item in sorted(set(left) ^ set(right), key=str):
        yield Part(str(item), item if item in left else ABSENT, item if item in right else ABSENT)


def _words(left: tuple[Any, ...], right: tuple[Any, ...]) -> Iterator[Part]:
    matcher = difflib.SequenceMatcher(None, [*map(str, left)], [*map(str, right)], autojunk=False)
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            yield Part(f"word {i + 1}", _joined(left[i:j]), _joined(right[k:m]))


def _lines(left: str, right: str) -> Iterator[Part]:
    one, two = left.splitlines(), right.splitlines()
    matcher = difflib.SequenceMatcher(None, one, two, autojunk=len(one) + len(two) > 2000)  # noqa: PLR2004
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag != "equal":
            yield Part(
                f"line {i + 1}",
                "\n".join(one[i:j]) if j > i else ABSENT,
                "\n".join(two[k:m]) if m > k else ABSENT,
            )


def _joined(words: tuple[Any, ...]) -> Any:
    return " ".join(map(str, words)) if words else ABSENT
