"""Whole copies in the store: by reference where its file system can, else by content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parity.state.store import Store


@dataclass(frozen=True)
class Direct:
    """A directory of its own for each copy; `reflink` shares the blocks until they are written."""

    reflink: bool

    @property
    def name(self) -> str:
        """As users see it."""
        return "reflink" if self.reflink else "copy"

    @property
    def meaning(self) -> str:
        """What a copy costs."""
        if self.reflink:
            return (
                "a copy shares its blocks until they are written: milliseconds, whatever the size"
            )
        return "each copy is written in full: it takes as long as its data is large"

    @property
    def flag(self) -> str:
        """For the agent."""
        return "always" if self.reflink else "never"

    def derive(
        self, store: Store, pairs: Sequence[tuple[str, str]], *, remove: Sequence[str] = ()
    ) -> list[Mapping[str, str]]:
        """Copy, and bind the copies."""
        copies = [{"from": sealed, "to": live} for sealed, live in pairs]
        store.run("clone", copies=copies, reflink=self.flag, remove=list(remove))
        return [store.bound(live) for _, live in pairs]

    def clones(self) -> bool:
        """Only by reference: else a copy under pause would be read twice."""
        return self.reflink
