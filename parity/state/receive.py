"""Take a state in: every layer checked, every volume made aside and checked; its marker comes last."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Protocol

from parity.errors import DamageError, EngineError, ParityError
from parity.model.progress import Progress, Step
from parity.model.state import SavedVolume, State
from parity.state import artifact, marks
from parity.state.abreast import abreast
from parity.state.artifact import Artifact, Blob
from parity.state.meter import Meter, megabytes
from parity.state.store import Store
from parity.state.wait import hung_up, lost, patiently, row

_AGAIN = "push or export it again where it came from"


class Origin(Protocol):
    """Where a state comes from: a registry, or a file."""

    @property
    def origin(self) -> str:
        """What errors call it."""

    @property
    def workers(self) -> int:
        """How many layers at a time."""

    def manifest(self) -> bytes:
        """The artifact's manifest."""

    def small(self, blob: Blob) -> bytes:
        """A blob that fits into memory."""

    def download(self, blob: Blob, offset: int, told: Callable[[int], None]) -> Iterator[bytes]:
        """A blob's bytes from `offset`."""


def look(origin: Origin) -> tuple[State, Artifact]:
    """What there is to take in, as it was sealed elsewhere."""
    found = artifact.read(origin.manifest(), origin.origin)
    if found.config.size > artifact.LARGEST:
        raise DamageError(f"{origin.origin} is damaged: its config is too large", next_step=_AGAIN)
    return artifact.state_of(origin.small(found.config), found, origin.origin), found


def receive(
    store: Store,
    origin: Origin,
    wanted: tuple[State, Artifact],
    commit: Callable[[State], None],
    progress: Progress,
    verb: str,
) -> State:
    """Take a state in under an id of its own; `commit` makes it one.

    `wanted` says its name, project and backend here. Broken off before the end it leaves no state;
    layers that have come are not fetched again.
    """
    state, what = wanted
    made = replace(state, id=uuid.uuid4().hex[:12], parent="")
    _check_room(store, state, what)
    meter = Meter(verb, sum(blob.size for blob in what.blobs), progress)
    abreast(lambda blob: _fetch(store, origin, blob, meter), what.blobs, workers=origin.workers)
    try:
        volumes = []
        for number, volume in enumerate(made.volumes):
            progress(Step(verb, f"unpacking {volume.key} ({megabytes(volume.bytes)} MB)"))
            volumes.append(_unpack(store, origin, made.id, number, volume, what.layers[number]))
        made = replace(made, volumes=tuple(volumes))
        commit(made)
    except BaseException:
        # Best effort: without its marker it is no state, and the next command that looks removes it.
        # The marker goes first: it may be there, and nothing may have one without its data.
        with suppress(ParityError):
            marks.withdraw(store, made.id)
            store.run("clone", reflink="never", remove=[marks.place(made.id)])
        raise
    store.run("blobs", do="drop", digests=[blob.digest for blob in what.blobs])
    return made


def _check_room(store: Store, state: State, what: Artifact) -> None:
    here = store.run("blobs", do="have", digests=[blob.digest for blob in what.blobs])["sizes"]
    needed = state.bytes + sum(blob.size for blob in what.blobs if blob.digest not in here)
    free = int(store.run("survey")["free"])
    if free < needed:
        raise EngineError(
            f"the state needs {megabytes(needed)} MB, the store has {megabytes(free)} MB free",
            next_step="free space on the engine's disk: `parity states`, `parity drop NAME`, `parity gc`",
        )


def _fetch(store: Store, origin: Origin, blob: Blob, meter: Meter) -> Blob:
    """Have a layer in the store, checked; what is there of it already is not asked for."""
    with store.open("blobs", do="receive", digest=blob.digest, size=blob.size) as stream:
        offset = int(row(stream, "receive")["offset"])
        meter.spare(offset)
        for data in origin.download(blob, offset, meter):
            try:
                stream.write(data)
            except OSError as error:  # the agent has ended; it says why
                hung_up(stream, "receive")
                raise lost("receive", error) from error
        said = row(stream, "receive")
    if said.get("damaged"):
        raise DamageError(
            f"{origin.origin} is damaged: {blob.digest} is not what it holds", next_step=_AGAIN
        )
    if not said.get("complete"):
        raise DamageError(
            f"{origin.origin} is cut short: {blob.digest} ends early", next_step=_AGAIN
        )
    return blob


def _unpack(
    store: Store,
    origin: Origin,
    state: str,
    number: int,
    volume: SavedVolume,
    layers: tuple[Blob, ...],
) -> SavedVolume:
    found = patiently(
        store,
        "unpack",
        state=state,
        number=number,
        blobs=[blob.digest for blob in layers],
        files=volume.files,
        bytes=volume.bytes,
        digest=volume.digest,
    )
    if "damaged" in found:
        which = f"layer {found['blob']}" if found["blob"] else "the volume"
        raise DamageError(
            f"{origin.origin} is damaged: {which} of {volume.key}: {found['damaged']}",
            next_step=_AGAIN,
        )
    return replace(volume, quick=found["quick"])
