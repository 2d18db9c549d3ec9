"""Send a state away: cut, pack a layer, send it if it is not there; the manifest comes last."""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from parity.model.progress import Progress, Step
from parity.model.state import State
from parity.state.abreast import abreast
from parity.state.artifact import Blob, digest_of, make
from parity.state.meter import Meter
from parity.state.oci import Opener, Reader
from parity.state.store import Store
from parity.state.wait import hung_up, lost, patiently

if TYPE_CHECKING:
    from parity.state.stream import Stream


class Target(Protocol):
    """Where a state is sent: a registry, or a file."""

    @property
    def workers(self) -> int:
        """How many layers at a time."""

    def has(self, blob: Blob) -> bool:
        """Whether the blob is there already."""

    def upload(self, blob: Blob, opened: Opener, told: Callable[[int], None]) -> None:
        """Send a blob."""

    def put_manifest(self, data: bytes) -> str:
        """Send the manifest, after all that it names; its digest."""


@dataclass(frozen=True)
class Sent:
    """What a state's artifact is there, and how many bytes had to go."""

    digest: str
    layers: int
    bytes: int
    sent: int
    """The rest was there already."""


def send(store: Store, state: State, target: Target, progress: Progress, verb: str) -> Sent:
    """Send all of a state. Broken off, it goes on from there the next time."""
    progress(Step(verb, f"cutting {len(state.volumes)} volumes into layers"))
    plan = patiently(store, "pack", do="plan", state=state.id, volumes=len(state.volumes))[
        "volumes"
    ]
    volumes = [plan[str(number)] for number in range(len(state.volumes))]
    meter = Meter(
        verb, sum(row.get("size", row["bytes"]) for rows in volumes for row in rows), progress
    )
    todo = [(number, row) for number, rows in enumerate(volumes) for row in rows]
    done = abreast(
        lambda one: _layer(store, state, target, one, meter), todo, workers=target.workers
    )
    blobs = {row["id"]: blob for (_, row), blob in zip(todo, done, strict=True)}
    manifest, config = make(state, [[blobs[row["id"]] for row in rows] for rows in volumes])
    described = Blob(digest_of(config), len(config))
    if not target.has(described):
        target.upload(described, lambda offset: _held(config[offset:]), meter)
    digest = target.put_manifest(manifest)
    store.run("blobs", do="drop", digests=[blob.digest for blob in done])
    store.run("pack", do="forget", state=state.id)
    different = set(done)
    return Sent(digest, len(different), sum(blob.size for blob in different), meter.moved)


def _layer(
    store: Store, state: State, target: Target, one: tuple[int, dict[str, Any]], meter: Meter
) -> Blob:
    number, row = one
    if "digest" in row:
        known = Blob(row["digest"], row["size"])
        if target.has(known):
            meter.spare(known.size)
            return known
    made = _packed(store, state, number, row)
    meter.expect(made.size - row.get("size", row["bytes"]))
    if target.has(made):
        meter.spare(made.size)
    else:
        target.upload(made, lambda offset: _opened(store, made, offset), meter)
    return made


def _packed(store: Store, state: State, number: int, row: dict[str, Any]) -> Blob:
    if "digest" in row:
        here = store.run("blobs", do="have", digests=[row["digest"]])["sizes"]
        if here.get(row["digest"]) == row["size"]:
            return Blob(row["digest"], row["size"])
    made = patiently(store, "pack", do="layer", state=state.id, number=number, id=row["id"])
    return Blob(made["digest"], made["size"])


@contextlib.contextmanager
def _opened(store: Store, blob: Blob, offset: int) -> Iterator[Reader]:
    """A packed layer's bytes; EngineError where the store does not have them."""
    length = blob.size - offset
    with store.open("blobs", do="send", digest=blob.digest, offset=offset, length=length) as stream:
        yield _Packed(stream)


class _Packed:
    def __init__(self, stream: "Stream") -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        try:
            data = self._stream.read(size)
        except OSError as error:
            raise lost("send", error) from error
        if not data:  # it is asked for no more than there is
            hung_up(self._stream, "send", early=True)
        return data


class _Held:
    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int) -> bytes:
        data, self._data = self._data[:size], self._data[size:]
        return data


@contextlib.contextmanager
def _held(data: bytes) -> Iterator[Reader]:
    yield _Held(data)
