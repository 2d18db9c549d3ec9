"""Entries of Compose files by their place in the document, whatever form they are written in."""

import re
from typing import Any

from parity.model.document import ABSENT

_VARIABLE = re.compile(r"\$\{[^}]*\}|\$\w+")
_IDENTITY = ("target", "source", "path", "name")
"""What tells the entries of a list of tables apart: of volumes and ports, configs and secrets, …"""


def entry_at(node: Any, part: str | int | None, value: Any) -> tuple[Any, Any]:
    """The node that names `part` and the one that holds its value; (None, None) where it is not.

    `value` is what the document has there: entries of lists are found by it, since merging and
    sorting give them other places in the document.
    """
    kind = getattr(node, "id", "")
    if kind == "mapping":
        return _in_mapping(node, str(part))
    if kind == "sequence" and isinstance(part, int):
        found = _in_list(node.value, part, value)
        return found, found
    if kind == "sequence":
        found = next((item for item in reversed(node.value) if _names(item, str(part))), None)
        return found, found
    return None, None


def key_of(node: Any) -> str:
    """The text of a scalar, empty for anything else."""
    return str(node.value) if getattr(node, "id", "") == "scalar" else ""


def listed(node: Any, key: str) -> list[str]:
    """The texts of `a`, `[a, b]`, `{key: a}`, `{key: [a, b]}` or a list of those."""
    kind = getattr(node, "id", "")
    if kind == "scalar":
        return [str(node.value)]
    if kind == "mapping":
        return listed(_in_mapping(node, key)[1], key)
    return [text for item in node.value for text in listed(item, key)] if kind else []


def _in_mapping(node: Any, name: str, seen: frozenset[int] = frozenset()) -> tuple[Any, Any]:
    # A table's own keys win over those that `<<` merges into it, and of those the first.
    merged: list[Any] = []
    for key, value in node.value:
        if key_of(key) == name:
            return key, value
        if key_of(key) == "<<":
            merged += value.value if value.id == "sequence" else [value]
    for other in merged:
        if getattr(other, "id", "") == "mapping" and id(other) not in seen:
            found = _in_mapping(other, name, seen | {id(node)})
            if found[0] is not None:
                return found
    return None, None


def _names(item: Any, name: str) -> bool:
    """Whether an entry of a list is this key's: `KEY=value`, `KEY:value` or `KEY` alone."""
    text = key_of(item)
    return text == name or text.startswith((f"{name}=", f"{name}:"))


def _in_list(items: list[Any], index: int, value: Any) -> Any:
    if isinstance(value, dict):
        return max(
            (item for item in items if _score(item, value)),
            key=lambda item: _score(item, value),
            default=None,
        )
    at_index = items[index] if index < len(items) else None
    if value is ABSENT:
        return at_index
    found = next((item for item in items if key_of(item) == str(value)), None)
    # The text of an interpolated entry is not its value; its place is the best that is known.
    return at_index if found is None and "$" in key_of(at_index) else found


def _score(item: Any, value: dict[str, Any]) -> int:
    """How surely the entry of a file is this one of the document; 0: it is not."""
    identity = next((str(value[key]) for key in _IDENTITY if value.get(key) is not None), None)
    if identity is None:
        return 0
    text = key_of(item)
    if text:
        # `127.0.0.1:8080:80/udp`, `data:/data:ro`, `${DIR:-.}:/srv`, `secret`
        parts = re.split(r":|/(?=(?:tcp|udp|sctp)$)", _VARIABLE.sub("", text))
        rest = [str(value.get(key)) for key in ("published", "source", "protocol")]
        return (identity in parts) * (1 + sum(part in rest for part in parts))
    if getattr(item, "id", "") != "mapping":
        return 0
    same = [key for key in value if key_of(_in_mapping(item, key)[1]) == str(value[key])]
    return len(same) if set(same) & set(_IDENTITY) else 0
