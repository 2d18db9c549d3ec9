"""Ruby's gems: `ruby.NAME` is the version.

Read from the names of their specifications, which are programs themselves.
Source: RubyGems guides, specification reference; `Gem::Specification#full_name`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.contract import File, Wants, cut
from parity.probes.packages_versions import versions

LAYER = Layer.FILESYSTEM

_PATTERNS = ("**/specifications/*.gemspec", "**/specifications/default/*.gemspec")
_NAME = re.compile(r"/specifications/(?:default/)?([^/]+?)-(\d[\w.]*)(?:-[^/]+)?\.gemspec$")


def wants(config: Mapping[str, Any]) -> Wants:
    """Their specifications."""
    del config
    return Wants(names=_PATTERNS)


def read(config: Mapping[str, Any], files: Mapping[str, File]) -> Facts:
    """Without the platform that they were built for."""
    del config
    return versions("ruby", _found(files), cut(files, *_PATTERNS))


def _found(files: Mapping[str, File]) -> Iterator[tuple[str, str]]:
    for match in map(_NAME.search, files):
        if match:
            yield match[1], match[2]
