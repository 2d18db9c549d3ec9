"""Node's packages: `node.NAME` is the version.

Those that a project or the system has itself; what lies in a package's own folder is its own affair.
Source: Node.js documentation, modules, loading from node_modules folders; pnpm, node_modules structure.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants, cut
from parity.probes.packages_versions import versions

LAYER = Layer.FILESYSTEM

_PATTERNS = ("**/node_modules/*/package.json", "**/node_modules/@*/*/package.json")
_STORE = re.compile(r"/node_modules/\.pnpm/[^/]+(?=/node_modules/)")
_PLACE = re.compile(r"/node_modules/((?:@[^/]+/)?[^/@.][^/]*)/package\.json$")


def wants(config: Mapping[str, Any]) -> Wants:
    """What each says of itself."""
    del config
    return Wants(walk=_PATTERNS)


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """By the folder's name, which is what programs ask for."""
    del config
    return versions("node", _found(files), cut(files, *_PATTERNS))


def _found(files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    for path, file in files.items():
        own = _STORE.sub("", path)
        place = _PLACE.search(own)
        if place and own.count("/node_modules/") == 1:
            yield place[1], version(file.data)


def version(data: bytes) -> str:
    """What a package.json says; empty where it says nothing that can be read."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        return ""
    value = told.get("version") if isinstance(told, dict) else None
    return value if isinstance(value, str) else ""
