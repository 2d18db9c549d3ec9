"""Java's libraries: `java.NAME` is the version, by the names of jar files and of those inside of them.

Source: JAR file specification; APPNOTE.TXT, central directory; Spring Boot, nested JARs.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants, cut
from parity.probes.packages_versions import versions

LAYER = Layer.FILESYSTEM

_PATTERNS = ("**/*.jar", "**/*.war")
_NAME = re.compile(r"^(.+?)-(\d[\w.+-]*?)\.(?:jar|war)$")
_MOST = 2000


def _inside(end: bytes) -> bytes:
    """The names of the archives in an archive, of which only the end is known: its directory is there."""
    try:
        with zipfile.ZipFile(io.BytesIO(end)) as archive:
            names = [
                name.rpartition("/")[2] for name in archive.namelist() if name.endswith(".jar")
            ]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, OverflowError):
        return b""
    return "\n".join(names[:_MOST]).encode(errors="replace")


def wants(config: Mapping[str, Any]) -> Wants:
    """All archives, of which the names of those inside are kept."""
    del config
    return Wants(ends=tuple((pattern, _inside) for pattern in _PATTERNS))


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """A name without a version tells nothing."""
    del config
    return versions("java", _found(files), cut(files, *_PATTERNS))


def _found(files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    for path, file in files.items():
        if path.endswith((".jar", ".war")):
            inside = file.data.decode(errors="replace").split("\n")
            for match in map(_NAME.match, (path.rpartition("/")[2], *inside)):
                if match:
                    yield match[1], match[2]
