"""Seal's measure of directories: files, bytes and digests."""

from typing import Any

from .place import inside
from .tree import tree


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`paths` of the store -> files, bytes, digest, quick; by path."""
    found = {}
    for path in arguments["paths"]:
        seen = tree(str(inside(path)))
        found[path] = {
            "files": seen.files,
            "bytes": seen.bytes,
            "digest": seen.digest,
            "quick": seen.quick,
        }
    return found
