"""A start state as an OCI artifact: its manifest, made and read. Pure: no registry, no engine.

The manifest's config is the state's own manifest; its layers are the volumes' compressed tars, in
the order in which they are unpacked.
"""

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.errors import DamageError, ParityError, StateError
from parity.model.state import State
from parity.state.identity import identity

TYPE = "application/vnd.parity.state.v1"
CONFIG = "application/vnd.parity.state.config.v1+json"
VOLUME = "application/vnd.parity.state.volume.v1.tar+zstd"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
NUMBER = "dev.parity.volume"
LARGEST = 4 << 20
"""Most bytes of a manifest or config: registries take no longer ones either."""
_FAMILY = re.compile(r"application/vnd\.parity\.state\.v(\d+)$")
_SHA256 = re.compile(r"sha256:[0-9a-f]{64}$")


@dataclass(frozen=True)
class Blob:
    """Bytes known by their digest (`sha256:…`) and size."""

    digest: str
    size: int


@dataclass(frozen=True)
class Artifact:
    """A state on its way: `layers` are those of each volume, by its number."""

    config: Blob
    layers: tuple[tuple[Blob, ...], ...]

    @property
    def blobs(self) -> tuple[Blob, ...]:
        """Each layer once."""
        return tuple(dict.fromkeys(blob for layers in self.layers for blob in layers))


def digest_of(data: bytes) -> str:
    """`sha256:…` of bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def make(state: State, layers: Sequence[Sequence[Blob]]) -> tuple[bytes, bytes]:
    """(manifest, config) of a state; `layers` by volume."""
    config = state.to_json().encode()
    tree = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": TYPE,
        "config": _descriptor(CONFIG, Blob(digest_of(config), len(config))),
        "layers": [
            {**_descriptor(VOLUME, blob), "annotations": {NUMBER: str(number)}}
            for number, blobs in enumerate(layers)
            for blob in blobs
        ],
        "annotations": {
            "org.opencontainers.image.created": state.created,
            "org.opencontainers.image.title": state.name,
            "dev.parity.digest": state.digest,
        },
    }
    return json.dumps(tree, separators=(",", ":"), sort_keys=True).encode(), config


def _descriptor(media: str, blob: Blob) -> dict[str, Any]:
    return {"mediaType": media, "digest": blob.digest, "size": blob.size}


def read(data: bytes, origin: str) -> Artifact:
    """The artifact that a manifest is; StateError for anything else, DamageError for half of one."""
    try:
        tree = json.loads(data)
    except ValueError as error:
        raise _damaged(origin, "its manifest is no JSON") from error
    _check_kind(tree, origin)
    try:
        return Artifact(_blob(tree["config"]), _layers(tree["layers"]))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _damaged(origin, f"its manifest is wrong: {error}") from error


def _layers(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[Blob, ...], ...]:
    found: dict[int, list[Blob]] = {}
    for row in rows:
        if row["mediaType"] != VOLUME:
            raise ValueError(f"a layer of type {row['mediaType']}")
        found.setdefault(int(row["annotations"][NUMBER]), []).append(_blob(row))
    if sorted(found) != list(range(len(found))):
        raise ValueError("a volume without layers")
    return tuple(tuple(found[number]) for number in sorted(found))


def _check_kind(tree: Any, origin: str) -> None:
    config = tree.get("config") if isinstance(tree, Mapping) else None
    kind = tree.get("artifactType") if isinstance(tree, Mapping) else None
    if kind is None and isinstance(config, Mapping) and config.get("mediaType") == CONFIG:
        kind = TYPE  # a registry from before artifact types may have dropped it
    if kind == TYPE:
        return
    version = _FAMILY.match(str(kind))
    if version:
        raise StateError(
            f"{origin} is a state of format {version[1]}; this parity reads format 1",
            next_step="update parity",
        )
    raise StateError(
        f"{origin} is not a parity state",
        detail=f"its type is {kind}" if kind else "",
        next_step="`parity state push` and `parity state export` make one",
    )


def _blob(row: Mapping[str, Any]) -> Blob:
    digest, size = row["digest"], row["size"]
    if not (isinstance(digest, str) and _SHA256.match(digest)):
        raise ValueError(f"not a sha256 digest: {digest!r}")
    if isinstance(size, bool) or not isinstance(size, int) or size < 0:
        raise ValueError(f"not a size: {size!r}")
    return Blob(digest, size)


def state_of(config: bytes, artifact: Artifact, origin: str) -> State:
    """The state that a config describes, as it was sealed elsewhere; checked against the artifact."""
    if digest_of(config) != artifact.config.digest:
        raise _damaged(origin, f"its config is not {artifact.config.digest}")
    try:
        version = json.loads(config).get("format")
        if isinstance(version, int) and version > 1:
            raise StateError(
                f"{origin} is a state of format {version}; this parity reads format 1",
                next_step="update parity",
            )
        state = State.from_json(config.decode())
        _check_numbers(state)
    except (ValueError, AttributeError, TypeError) as error:
        raise _damaged(origin, f"its config is wrong: {error}") from error
    if len(state.volumes) != len(artifact.layers):
        raise _damaged(origin, "it has not all volumes that its config names")
    if identity(state.volumes, state.images, state.definition) != state.digest:
        raise _damaged(origin, "its config does not add up to its digest")
    return state


def _check_numbers(state: State) -> None:
    for volume in state.volumes:
        if not all(isinstance(n, int) and n >= 0 for n in (volume.files, volume.bytes)):
            raise ValueError("numbers that are none")
        if not _SHA256.match(volume.digest):
            raise ValueError(f"not a sha256 digest: {volume.digest!r}")


def _damaged(origin: str, reason: str) -> ParityError:
    return DamageError(f"{origin} is damaged: {reason}", next_step="push or export the state again")
