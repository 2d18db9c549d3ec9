"""What a start state is known by: its files, and what they were made with."""

from collections.abc import Iterable, Mapping

from parity.model.document import digest
from parity.model.state import SavedVolume


def identity(volumes: Iterable[SavedVolume], images: Mapping[str, str], definition: str) -> str:
    """The digest of a state; equal on every machine that has it."""
    return digest(
        {
            "volumes": {volume.key: volume.digest for volume in volumes},
            "images": dict(images),
            "definition": definition,
        }
    )
