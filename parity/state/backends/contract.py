"""What every backend does: tests/engine/test_backends.py holds them all to it."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from parity.state.store import Store


class Backend(Protocol):
    """A way to begin again from a sealed directory."""

    @property
    def name(self) -> str:
        """As users see it: reflink, overlay, copy."""

    @property
    def meaning(self) -> str:
        """What a copy costs, in one sentence for users."""

    def derive(
        self, store: Store, pairs: Sequence[tuple[str, str]], *, remove: Sequence[str] = ()
    ) -> list[Mapping[str, str]]:
        """Writable directories from sealed ones: (sealed, live) places of the store.

        Answers the options of a local volume for each. `remove` are live places that go.
        """

    def clones(self) -> bool:
        """Whether a live directory can be read in the keeper as it is, and be cloned there."""
