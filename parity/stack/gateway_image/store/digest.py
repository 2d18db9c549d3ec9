"""Seal's measure of directories: files, bytes and digests."""

from typing import Any

from .listing import rows, write
from .place import inside, sync
from .tree import tree


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`paths` of the store -> files, bytes, digest, quick; by path.

    Where they are the volumes of a state, `state` has kept what each of their paths is.
    """
    found, volumes = {}, {}
    for path in arguments["paths"]:
        seen = tree(str(inside(path)))
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
    return found
