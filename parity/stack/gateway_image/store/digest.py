"""Seal's measure of directories: files, bytes and digests."""

from typing import Any

from .listing import rows, write
from .place import inside, sync
from .tree import read_index, tree, write_index


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`paths` of the store -> files, bytes, digest, quick; by path.

    Where they are the volumes of a state, `state` has kept what each of their paths is. `parent` is
    the state whose files they began as, `same` says by path which of its volumes that was: what has
    the size and time that it had there is not read again.
    """
    found, volumes, index = {}, {}, {}
    before = read_index(str(inside(f"states/{arguments['parent']}.index"))) if arguments.get("parent") else {}  # fmt: skip
    for number, path in enumerate(arguments["paths"]):
        seen = tree(str(inside(path)), before.get(arguments.get("same", {}).get(path, -1)))
        index[number] = seen.known
        found[path] = {
            "files": seen.files,
            "bytes": seen.bytes,
            "digest": seen.digest,
            "quick": seen.quick,
        }
        if "state" in arguments:
            volumes[inside(path).name] = rows(str(inside(path)), seen.known)
    if volumes:
        # Whoever is told that it is sealed may rely on it after a power failure.
        sync()
        write(inside(f"states/{arguments['state']}.list"), volumes)
        write_index(str(inside(f"states/{arguments['state']}.index")), index)
    return found
