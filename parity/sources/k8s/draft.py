"""The Compose document as it grows, with the place that each part of it was read from."""

from typing import Any

from parity.model.document import ABSENT, Document, Path, get, put
from parity.model.setting import Origin
from parity.sources.ledger import Node

MOST_EXPANDED = 64 * 1024**2
"""Characters of all texts with expanded variables together."""


class Draft:
    """The document, the secrets' values and the origins."""

    def __init__(self) -> None:
        self.document: Document = {"services": {}, "x-parity": {"services": [], "ingress": []}}
        self.values: dict[str, str] = {}
        self.unset: dict[str, None] = {}
        """Variables whose values are nowhere in the definition, in order."""
        self._grown = 0
        self._places: dict[Path, Node] = {}

    def put(self, path: Path, value: Any, node: Node | None = None) -> None:
        """Write a part of the document; `node` is where it was read."""
        put(self.document, path, value)
        if node is not None:
            self._places[path] = node

    def add(self, path: Path, value: Any, node: Node | None = None) -> None:
        """Append to the list at `path`, once."""
        rows = get(self.document, path)
        rows = [] if rows is ABSENT else rows
        if value not in rows:
            self.put((*path, len(rows)), value, node) if rows else self.put(path, [value])
            if node is not None:
                self._places[(*path, len(rows))] = node

    def get(self, path: Path) -> Any:
        """A part of the document, or ABSENT."""
        return get(self.document, path)

    def grows_too_much(self, length: int) -> bool:
        """Whether expanded texts have grown beyond what a definition can mean, this one included."""
        self._grown += length
        return self._grown > MOST_EXPANDED

    def of(self, path: Path) -> Origin | None:
        """Where the longest known prefix of a document's path was read."""
        for length in range(len(path), 0, -1):
            node = self._places.get(path[:length])
            if node is not None:
                return node.ledger.origin(node.path)
        return None


class ServiceDraft:
    """One service of the document."""

    def __init__(self, draft: Draft, name: str) -> None:
        self.draft = draft
        self.name = name
        draft.put(("services", name), {"command": None, "entrypoint": None})

    def put(self, path: Path, value: Any, node: Node | None = None) -> None:
        """Write one of its settings."""
        self.draft.put(("services", self.name, *path), value, node)

    def add(self, path: Path, value: Any, node: Node | None = None) -> None:
        """Append to one of its lists, once."""
        self.draft.add(("services", self.name, *path), value, node)

    def get(self, *path: str | int) -> Any:
        """One of its settings, or ABSENT."""
        return self.draft.get(("services", self.name, *path))
