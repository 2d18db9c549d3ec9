"""A writable layer over the sealed directory: the engine mounts both as one volume."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from parity.errors import EngineError
from parity.state.store import Store

_PAGE = 4096
"""Bytes that the kernel reads of a mount's options."""
_SPECIAL = ",:\\"
"""Characters that mean something in them."""


@dataclass(frozen=True)
class Overlay:
    """One layer over one sealed directory; a save merges them, so layers never lie on layers."""

    @property
    def name(self) -> str:
        """As users see it."""
        return "overlay"

    @property
    def meaning(self) -> str:
        """What a copy costs."""
        return (
            "a copy starts at once, whatever the size; each file is copied in full when it is first "
            "opened for writing (Postgres opens every table it reads so)"
        )

    def derive(
        self, store: Store, pairs: Sequence[tuple[str, str]], *, remove: Sequence[str] = ()
    ) -> list[Mapping[str, str]]:
        """Make the layers; answers volumes that are mounts of type overlay."""
        options: list[Mapping[str, str]] = [
            mounted(store.root, sealed, live) for sealed, live in pairs
        ]
        layers = [{"over": sealed, "to": live} for sealed, live in pairs]
        store.run("overlay", layers=layers, remove=list(remove))
        return options

    def clones(self) -> bool:
        """A live directory is only the layer: what is seen is in the volume alone."""
        return False


def mounted(root: str, sealed: str, live: str) -> dict[str, str]:
    """Options of the volume; EngineError where the engine's paths do not fit into a mount."""
    lower, layer = f"{root}/{sealed}", f"{root}/{live}"
    # With an index, names of one file stay names of one file when it is written; with redirects, a
    # folder that is sealed can be renamed. `volatile` is never used: it cannot be mounted again.
    given = f"lowerdir={lower},upperdir={layer}/up,workdir={layer}/work,index=on,redirect_dir=on"
    if any(character in root for character in _SPECIAL):
        raise EngineError(
            f"the engine keeps its volumes in {root}, which a mount of type overlay cannot name",
            next_step='`backend = "copy"` in [state] of parity.toml',
        )
    if len(given.encode()) >= _PAGE:
        raise EngineError(
            f"the engine's path {root} is too long for a mount of type overlay",
            next_step='`backend = "copy"` in [state] of parity.toml',
        )
    return {"type": "overlay", "device": "overlay", "o": given}
