"""Compare sealed directories with what was sealed, and name what is not as it was."""

from itertools import islice
from typing import Any

from .listing import differences, read, rows
from .place import inside
from .tree import tree

_MOST = 10


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`volumes` of `state`, by number -> its digest -> what differs, by number; nothing where all is well.

    A volume that differs has `digest` (empty: it is not there) and the first `paths`; none where
    nothing is kept of what each path was, or where that file was changed as well.
    """
    found: dict[str, Any] = {}
    for number, digest in arguments["volumes"].items():
        folder = inside(f"states/{arguments['state']}/{number}")
        if not folder.is_dir():
            found[number] = {"digest": "", "paths": []}
            continue
        now = tree(str(folder))
        if now.digest != digest:
            before = read(inside(f"states/{arguments['state']}.list"), number)
            changes = differences(before, rows(str(folder), now.known)) if before else iter(())
            found[number] = {"digest": now.digest, "paths": list(islice(changes, _MOST))}
    return found
