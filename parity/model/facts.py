"""Facts: what was read of an environment beside its definition, as its document carries it.

A service has them under `x-parity`:

    x-parity:
      facts:
        image-config: {user: app, env: {LANG: C.UTF-8}}
      unread:
        files: {/etc/os-release: the image is not on this engine}

So they are concealed, captured and compared by what does this to all settings.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from parity.model.document import Document, Path
from parity.model.setting import Layer

EXTENSION: Final = "x-parity"
FACTS: Final = "facts"
UNREAD: Final = "unread"
ROOTS: Final[Mapping[str, Layer]] = {
    "image-config": Layer.IMAGE,
    "files": Layer.FILESYSTEM,
    "running": Layer.RUNNING,
    "database": Layer.DATABASE,
    "host": Layer.HOST,
}
"""First part of the path of every fact, and its layer. No field of a definition has such a name."""
VERSIONS: Final[frozenset[Path]] = frozenset(
    (FACTS, "files", kind)
    for kind in ("packages", "python", "node", "ruby", "java", "go", "php", "runtimes")
)
"""Below each are versions by names of programs: one called `passwd` is no password."""
DEFINITIONS: Final[frozenset[Path]] = frozenset(
    (FACTS, "database", kind) for kind in ("settings", "tables", "schema", "indexes", "constraints")
)
"""Below each are definitions by names of tables, columns and settings: `password_hash text` is no secret."""
_BY_LAYER: Final[Mapping[Layer, str]] = {layer: root for root, layer in ROOTS.items()}


@dataclass(frozen=True)
class Facts:
    """What one layer says of one service."""

    values: Mapping[str, Any] = field(default_factory=dict)
    """A tree of tables, texts, numbers, booleans and lists of texts; its keys are parts of paths."""
    unread: Mapping[str, str] = field(default_factory=dict)
    """What was asked for and not got (`/etc/os-release`), and why."""


def layer_of(path: Path) -> Layer:
    """The layer that a setting was read in."""
    return ROOTS.get(str(path[0]), Layer.DECLARED) if path else Layer.DECLARED


def unread_in(document: Document) -> Iterator[tuple[str, Layer, str, str]]:
    """(service, layer, what, why) of all that was asked for and not got."""
    for name, body in (document.get("services") or {}).items():
        for root, told in ((body.get(EXTENSION) or {}).get(UNREAD) or {}).items():
            for what, why in told.items():
                yield name, ROOTS[root], what, why


def with_facts(service: Document, layer: Layer, facts: Facts) -> Document:
    """The service with these facts, in the place of earlier ones of that layer."""
    own = dict(service.get(EXTENSION) or {})
    root = _BY_LAYER[layer]
    for key, told in ((FACTS, facts.values), (UNREAD, facts.unread)):
        others = {name: each for name, each in (own.get(key) or {}).items() if name != root}
        own[key] = {**others, root: dict(told)} if told else others
        if not own[key]:
            del own[key]
    return {**service, EXTENSION: own} if own else service
