"""The digest of names, sizes and times of directories, to compare a copy with what it was made from."""

from typing import Any

from .place import inside
from .tree import quick


def run(arguments: dict[str, Any]) -> dict[str, Any]:
    """`paths` of the store -> their quick digests, by path."""
    return {path: quick(str(inside(path))) for path in arguments["paths"]}
