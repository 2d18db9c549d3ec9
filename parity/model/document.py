"""The canonical Compose document: a JSON tree, and paths into it.

A path is a tuple of keys and list indexes. Its written form is dotted, with brackets around keys
that hold a dot: `services.web.environment["app.debug"]`.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

Document = dict[str, Any]
Path = tuple[str | int, ...]


class _Absent:
    """The value of a setting that is not there (`null` is a value in Compose)."""

    def __repr__(self) -> str:
        return "absent"

    def __bool__(self) -> bool:
        return False

    def __deepcopy__(self, memo: dict[int, Any]) -> "_Absent":
        return self  # it is compared by identity


ABSENT: Final = _Absent()

_ODD = re.compile(r"[.\[\]]")
_PART = re.compile(r'\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|\.?([^.\[\]]+)')


def show(path: Path) -> str:
    """Write a path down."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif _ODD.search(part) or not part:
            text += f"[{json.dumps(part)}]"
        else:
            text += f".{part}" if text else part
    return text


def parse(text: str) -> Path:
    """Read a written path; raises ValueError for what is none."""
    parts: list[str | int] = []
    position = 0
    while position < len(text):
        match = _PART.match(text, position)
        if match is None:
            raise ValueError(f"not a path: `{text}`")
        quoted, index, plain = match.groups()
        if quoted is not None:
            parts.append(json.loads(f'"{quoted}"'))
        else:
            parts.append(int(index) if index is not None else plain)
        position = match.end()
    return tuple(parts)


def get(tree: Any, path: Path) -> Any:
    """The value at `path`, or ABSENT."""
    part: Any
    for part in path:
        if (isinstance(tree, dict) and part in tree) or (
            isinstance(tree, list) and isinstance(part, int) and part < len(tree)
        ):
            tree = tree[part]
        else:
            return ABSENT
    return tree


def put(tree: Document, path: Path, value: Any) -> None:
    """Set the value at `path` in place, making tables on the way; ABSENT removes it.

    Raises ValueError where the document has no such place: a name or a gap in a list, or no path.
    """
    node: Any = tree
    if not path:
        raise ValueError("the path is empty")
    for part in path[:-1]:
        child = get(node, (part,))
        if not isinstance(child, dict | list):
            child = {}
            _set(node, part, child, path)
        node = child
    last: Any = path[-1]
    if value is not ABSENT:
        _set(node, last, value, path)
    elif isinstance(node, dict):
        node.pop(last, None)
    elif isinstance(node, list) and isinstance(last, int) and last < len(node):
        del node[last]


def _set(node: Any, part: Any, value: Any, path: Path) -> None:
    if isinstance(node, list):
        if not isinstance(part, int) or not 0 <= part <= len(node):
            raise ValueError(f"{show(path)}: the list has {len(node)} entries, and no `{part}`")
        node[part : part + 1] = [value]
    else:
        node[part] = value


def leaves(tree: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every scalar and every empty container with its path, in document order."""
    if isinstance(tree, dict) and tree:
        for key, value in tree.items():
            yield from leaves(value, (*path, key))
    elif isinstance(tree, list) and tree:
        for index, value in enumerate(tree):
            yield from leaves(value, (*path, index))
    else:
        yield path, tree


def map_strings(tree: Any, change: Callable[[str], str]) -> Any:
    """A copy in which each string value (not key) went through `change`."""
    if isinstance(tree, dict):
        return {key: map_strings(value, change) for key, value in tree.items()}
    if isinstance(tree, list):
        return [map_strings(value, change) for value in tree]
    return change(tree) if isinstance(tree, str) else tree


def digest(tree: Any) -> str:
    """`sha256:` of the tree, whatever the order of its keys."""
    text = json.dumps(tree, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()
