"""Task definitions in one shape, whoever wrote them: CloudFormation and Terraform name keys otherwise."""

import re
from collections.abc import Mapping
from typing import Any

from parity.model.document import Path
from parity.sources.yaml_tree import Tree

_OWN_KEYS = frozenset({"dockerLabels", "driverOpts", "labels", "options"})
"""Tables whose keys are the user's: they stay as they are."""
_ODD = {
    "EFSVolumeConfiguration": "efsVolumeConfiguration",
    "FSxWindowsFileServerVolumeConfiguration": "fsxWindowsFileServerVolumeConfiguration",
    "FilesystemId": "fileSystemId",
    "IAM": "iam",
}


def below(tree: Tree, path: Path, data: Any) -> Tree:
    """What is at `path` of a document, as one of its own; `data` is its value."""
    marks: Any = tree.marks
    for part in path:
        marks = (marks or {}).get(part, (0, None))[1]
    return Tree(tree.file, data, tree.line(path), marks)


def lowered(tree: Tree) -> Tree:
    """The same with keys as the API of ECS writes them: `Image` is `image`."""
    data, marks = _lowered(tree.data, tree.marks)
    return Tree(tree.file, data, tree.start, marks)


def _lowered(value: Any, marks: Any) -> tuple[Any, Any]:
    marks = marks or {}
    if isinstance(value, list):
        rows = [
            (*_lowered(item, _below(marks, n)), _line(marks, n)) for n, item in enumerate(value)
        ]
        return [row[0] for row in rows], {n: (row[2], row[1]) for n, row in enumerate(rows)}
    if not isinstance(value, dict):
        return value, marks
    found: dict[str, Any] = {}
    lines: dict[Any, Any] = {}
    for key, item in value.items():
        name = _lower(str(key))
        under = _below(marks, key)
        child, child_marks = (item, under) if name in _OWN_KEYS else _lowered(item, under)
        found[name], lines[name] = child, (_line(marks, key), child_marks)
    return found, lines


def lower_path(path: Path) -> Path:
    """A path of a value as `lowered` has it."""
    found: list[str | int] = []
    for part in path:
        own = bool(found) and found[-1] in _OWN_KEYS
        found.append(part if isinstance(part, int) or own else _lower(part))
    return tuple(found)


def _lower(key: str) -> str:
    return _ODD.get(key) or (key[:1].lower() + key[1:])


def camel(value: Any) -> Any:
    """Keys of Terraform's blocks as the API of ECS writes them: `host_path` is `hostPath`."""
    if isinstance(value, list):
        return [camel(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    names = {key: re.sub(r"_(\w)", lambda match: match[1].upper(), str(key)) for key in value}
    return {
        name: value[key] if name in _OWN_KEYS else camel(value[key]) for key, name in names.items()
    }


def _below(marks: Any, key: Any) -> Any:
    return marks.get(key, (0, None))[1]


def _line(marks: Any, key: Any) -> int:
    return int(marks.get(key, (0, None))[0])
