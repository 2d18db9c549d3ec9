"""In which store a live volume's directory lies, as its options tell."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from parity.stack import labels


@dataclass(frozen=True)
class Lying:
    """A directory: the volume that holds its store, and its place there."""

    store: str
    place: str


def lying(volume: Mapping[str, Any]) -> Lying | None:
    """Of what the engine says of a volume; None for one that is no directory of a store.

    The engine keeps a volume of its own in a folder of that name, in `_data`.
    """
    place = str((volume.get("Labels") or {}).get(labels.LIVE, ""))
    options = volume.get("Options") or {}
    text = str(options.get("o" if options.get("type") == "overlay" else "device", ""))
    before, found, _ = text.partition(f"/{place}")
    if not place or not found:
        return None
    return Lying(PurePosixPath(before.rpartition("=")[2]).parent.name, place)


def all_lying(volumes: Iterable[Mapping[str, Any]]) -> dict[str, Lying]:
    """By the volume's name."""
    return {str(v["Name"]): found for v in volumes if (found := lying(v)) is not None}
