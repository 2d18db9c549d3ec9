"""A file is a file, however it got there: a config or secret on one side, a bound file on the other."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from parity.diff.kinds import kind_of
from parity.diff.parts import parts_of
from parity.model.difference import Difference
from parity.model.document import ABSENT

_UNKNOWN = "(content not known here)"


def by_other_means(
    differences: Iterable[Difference],
) -> tuple[list[Difference], list[Difference]]:
    """The differences of one pair without those that say the same file twice, and the files of which one
    side's content is not known.
    """
    kept = list(differences)
    mounted = {str(d.path[1]): d for d in kept if _is_entry(d, "configs", "secrets")}
    unknown: list[Difference] = []
    for bound in [d for d in kept if _is_entry(d, "volumes") and _is_bind(d)]:
        given = mounted.get(str(bound.path[1]))
        if given is None or (given.left is ABSENT) == (bound.left is ABSENT):
            continue
        kept = [d for d in kept if d is not given and d is not bound]
        file = _as_file(given, bound)
        if _UNKNOWN in (file.left, file.right):
            unknown.append(file)
        elif file.left != file.right:
            kept.append(file)
    return kept, unknown


def _is_entry(difference: Difference, *fields: str) -> bool:
    path = difference.path
    alone = difference.left is ABSENT or difference.right is ABSENT
    return len(path) == 2 and path[0] in fields and alone  # noqa: PLR2004 - a field and its target


def _is_bind(difference: Difference) -> bool:
    value = _value(difference)
    return isinstance(value, Mapping) and value.get("type") == "bind"


def _as_file(given: Difference, bound: Difference) -> Difference:
    """One difference in the file's content, in the words of the side that mounts it as a config."""
    contents = [_content(each) for each in (given, bound)]
    left, right = contents if given.left is not ABSENT else contents[::-1]
    path = (*given.path, "content")
    return replace(
        given,
        path=path,
        kind=kind_of(path, left, right),
        left=left,
        right=right,
        left_default="",
        right_default="",
        parts=() if _UNKNOWN in contents else parts_of(path, left, right),
    )


def _content(difference: Difference) -> Any:
    value = _value(difference)
    return value.get("content", _UNKNOWN) if isinstance(value, Mapping) else _UNKNOWN


def _value(difference: Difference) -> Any:
    return difference.right if difference.left is ABSENT else difference.left
