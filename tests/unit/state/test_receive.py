"""Taking in: nothing is a state before all of it is there and is what it should be."""

import io
import json
from dataclasses import replace
from types import SimpleNamespace

import pytest

from parity.errors import DamageError, EngineError, StateError
from parity.model.progress import silent
from parity.model.state import SavedVolume, State
from parity.state import receive as module
from parity.state.artifact import Blob, digest_of, make
from parity.state.identity import identity
from parity.state.receive import look, receive

VOLUME = SavedVolume("data", ("db",), 1, 100, f"sha256:{'a' * 64}", "old")
STATE = State("one", "seeded", "shop", "", "2026", "copy", (VOLUME,), parent="parent")
STATE = replace(STATE, digest=identity(STATE.volumes, {}, ""))
DATA = b"layer"
BLOB = Blob(digest_of(DATA), len(DATA))


class Origin:
    origin = "there"
    workers = 1

    def __init__(self, data=DATA):
        self.data = data
        self._manifest, self._config = make(STATE, [[BLOB]])
        self.asked = []

    def manifest(self):
        return self._manifest

    def small(self, blob):
        return self._config

    def download(self, blob, offset, told):
        self.asked.append(offset)
        for at in range(offset, len(self.data)):
            told(1)
            yield self.data[at : at + 1]


class Stream:
    """An agent that has `part` already."""

    def __init__(self, part, size, full=False):
        self._in, self._size, self._full = part, size, full
        self._out = io.BytesIO(json.dumps({"offset": len(part)}).encode() + b"\n")
        self._answered = False
        self.said = b'{"error": "No space left on device", "errno": "ENOSPC"}' if full else b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, data):
        if self._full:
            raise BrokenPipeError
        self._in += data

    def read(self, size=1):
        found = self._out.read(size)
        if not found and not self._answered:
            self._answered = True
            complete = len(self._in) == self._size
            damaged = complete and digest_of(self._in) != BLOB.digest
            said = {"complete": complete, "damaged": damaged}
            self._out = io.BytesIO(json.dumps(said).encode() + b"\n")
            found = self._out.read(size)
        return found

    def finish(self):
        return 1 if self._full else 0


class Store:
    def __init__(self, part=b"", unpacked=None, free=10**9, full=False):
        self.part, self.full = part, full
        self.unpacked = unpacked or {"files": 1, "bytes": 100, "quick": "new"}
        self.free = free
        self.asked = []
        self.marker = False
        self.client = SimpleNamespace(volumes=SimpleNamespace(get=self._volume))

    def _volume(self, name):
        from docker.errors import NotFound

        self.asked.append(("marker", {"name": name}))
        if not self.marker:
            raise NotFound(name)
        return SimpleNamespace(remove=lambda: setattr(self, "marker", False))

    def open(self, command, **arguments):
        return Stream(self.part, arguments["size"], self.full)

    def run(self, command, **arguments):
        self.asked.append((command, arguments))
        if command == "unpack":
            return self.unpacked
        return {"survey": {"free": self.free}, "blobs": {"sizes": {}}}.get(command, {})


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(
        module, "patiently", lambda store, command, **more: store.run(command, **more)
    )


def take(store, origin=None, commit=None):
    origin = origin or Origin()
    committed = []
    made = receive(store, origin, look(origin), commit or committed.append, silent, "pull")
    return made, committed


def removed(store):
    return [arguments["remove"] for command, arguments in store.asked if command == "clone"]


def test_a_state_gets_an_id_of_its_own_and_its_digest_stays():
    store = Store()
    made, committed = take(store)
    assert committed == [made]
    assert made.id != STATE.id
    assert made.digest == STATE.digest
    assert made.parent == ""
    assert made.volumes == (replace(VOLUME, quick="new"),)
    assert removed(store) == []


def test_what_is_there_of_a_layer_is_not_asked_for():
    origin = Origin()
    take(Store(part=DATA[:3]), origin)
    assert origin.asked == [3]


def test_a_damaged_layer_is_named_and_nothing_is_committed():
    committed = []
    with pytest.raises(DamageError, match=BLOB.digest):
        take(Store(), Origin(b"lAyer"), committed.append)
    assert committed == []


def test_a_layer_that_ends_early_is_told():
    with pytest.raises(DamageError, match="is cut short"):
        take(Store(), Origin(b"lay"))


def test_a_volume_that_is_not_what_was_sealed_is_told_and_removed():
    store = Store(unpacked={"damaged": "it unpacks as x", "blob": ""})
    with pytest.raises(DamageError, match="the volume of data: it unpacks as x"):
        take(store)
    assert len(removed(store)) == 1


def test_a_layer_that_does_not_unpack_is_named():
    store = Store(unpacked={"damaged": "not a whole tar", "blob": BLOB.digest})
    with pytest.raises(DamageError, match=f"layer {BLOB.digest} of data: not a whole tar"):
        take(store)


def test_a_name_that_was_taken_meanwhile_leaves_nothing():
    def taken(state):
        raise StateError("there is one")

    store = Store()
    with pytest.raises(StateError):
        take(store, commit=taken)
    assert len(removed(store)) == 1


def test_an_interrupt_while_it_is_marked_leaves_no_marker_without_data():
    store = Store()

    def interrupted(state):
        store.marker = True
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        take(store, commit=interrupted)
    assert not store.marker
    assert [command for command, _ in store.asked[-2:]] == ["marker", "clone"], "the marker first"


def test_too_little_room_is_told_before_anything_is_fetched():
    origin = Origin()
    with pytest.raises(EngineError, match="needs 0.0 MB, the store has 0.0 MB free"):
        take(Store(free=104), origin)
    assert origin.asked == []


def test_a_disk_that_fills_up_on_the_way_is_told():
    with pytest.raises(EngineError, match="No space left") as caught:
        take(Store(full=True))
    assert "free space" in caught.value.next_step


def test_a_config_without_end_is_not_read():
    origin = Origin()
    origin._manifest = origin._manifest.replace(
        b'"size":%d' % len(origin._config), b'"size":99999999', 1
    )
    with pytest.raises(DamageError, match="too large"):
        look(origin)
