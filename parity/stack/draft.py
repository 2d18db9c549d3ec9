"""A document under rewriting. The only way to change it also records the override."""

import copy
from collections.abc import Iterator
from typing import Any

from parity.model.document import ABSENT, Document, Path, get, put
from parity.model.environment import Environment, Loss
from parity.model.override import SECRET, Override
from parity.model.stack import PublishedPort
from parity.stack.cluster import Relay


class Draft:
    """Production's document on its way to the local one; `overrides` lists what was rewritten.

    `added` is what parity brings itself (labels, the gateway): it is not production's, so it is
    no override of production's. `ports` says where the published ports answer on this host, `relay` what else the
    gateway does.
    """

    def __init__(self, environment: Environment) -> None:
        self.production = environment
        self.document: Document = copy.deepcopy(environment.document)
        self.losses: list[Loss] = list(environment.losses)
        self.ports: tuple[PublishedPort, ...] = ()
        self.relay = Relay()
        self._overrides: dict[Path, Override] = {}

    @property
    def overrides(self) -> tuple[Override, ...]:
        """The rewrites so far, in the order of their paths' first rewriting."""
        return tuple(self._overrides.values())

    def services(self) -> Iterator[tuple[str, Document]]:
        """The services as they are now; a snapshot, so that rewriting while looping is safe."""
        services: dict[str, Document] = self.document["services"]
        return iter([(name, copy.deepcopy(service)) for name, service in services.items()])

    def get(self, path: Path) -> Any:
        """The value now at `path`, or ABSENT."""
        return get(self.document, path)

    def rewrite(
        self,
        path: Path,
        local: Any,
        reason: str,
        *,
        asked_by: str = "parity",
        production: Any = None,
    ) -> None:
        """Set `path` to `local` (ABSENT removes it), and record it unless it is so already.

        `production` replaces production's value in the record where that is secret.
        """
        if self.get(path) == local:
            return
        put(self.document, path, copy.deepcopy(local))
        earlier = self._overrides.get(path)
        shown = production
        if shown is None:
            shown = earlier.production if earlier else self._masked(path)
        if earlier and earlier.reason not in reason:
            reason = f"{earlier.reason}; {reason}"
        self._overrides[path] = Override(path, shown, copy.deepcopy(local), reason, asked_by)
        if shown == local and shown is not ABSENT:
            del self._overrides[path]
        if local is ABSENT:
            for inner in self._below(path):
                del self._overrides[*path, *inner]

    def _masked(self, path: Path) -> Any:
        """Production's value at `path`, without the secrets that were found below it."""
        shown = copy.deepcopy(get(self.production.document, path))
        for inner in self._below(path):
            secret = self._overrides[*path, *inner].production == SECRET
            if secret and get(shown, inner) is not ABSENT:
                put(shown, inner, SECRET)
        return shown

    def _below(self, path: Path) -> list[Path]:
        size = len(path)
        return [known[size:] for known in self._overrides if known[:size] == path != known]

    def note(self, path: Path, reason: str, *, production: Any) -> None:
        """Record an override of a value that was rewritten before the document was read."""
        if path not in self._overrides:
            self._overrides[path] = Override(path, production, self.get(path), reason)

    def add(self, path: Path, value: Any) -> None:
        """Put in something that is parity's own, not a rewrite of production's."""
        put(self.document, path, copy.deepcopy(value))
