"""Python's packages: `python.NAME` is the version.

Source: Python packaging specifications, recording installed projects, core metadata, name normalization.
"""

import re
from collections.abc import Iterator, Mapping
from email.parser import BytesHeaderParser
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants, cut
from parity.probes.packages_versions import versions

LAYER = Layer.FILESYSTEM

_PATTERNS = ("**/*.dist-info/METADATA", "**/*.egg-info/PKG-INFO", "**/*-packages/*.egg-info")
_FIELDS = 8192
"""Bytes at the beginning of a file that has name and version."""


def wants(config: Mapping[str, Any]) -> Wants:
    """What installers leave of each."""
    del config
    return Wants(walk=_PATTERNS)


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """Those that others have within themselves left out."""
    del config
    return versions("python", _found(files), cut(files, *_PATTERNS))


def _found(files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    for path, file in files.items():
        inside = path.endswith((".dist-info/METADATA", ".egg-info/PKG-INFO", ".egg-info"))
        if inside and not file.folder and "/_vendor/" not in path:
            told = BytesHeaderParser().parsebytes(file.data[:_FIELDS])
            name = re.sub(r"[-_.]+", "-", str(told.get("Name", ""))).lower()
            yield name, str(told.get("Version", ""))
