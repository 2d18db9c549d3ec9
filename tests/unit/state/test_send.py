"""Sending: only what is not there, the manifest last."""

import contextlib
import io
from dataclasses import replace

import pytest

from parity.errors import EngineError
from parity.model.progress import silent
from parity.model.state import SavedVolume, State
from parity.state import send as module
from parity.state.artifact import Blob, digest_of, read
from parity.state.send import send

VOLUME = SavedVolume("data", ("db",), 1, 1, f"sha256:{'a' * 64}", "")
STATE = State("one", "seeded", "shop", "d", "2026", "copy", (VOLUME, replace(VOLUME, key="more")))
LAYERS = {"0": ["x", "y"], "1": ["x"]}


def blob(layer):
    return Blob(digest_of(layer.encode()), len(layer))


class Store:
    """Packs a layer called x into the blob `x`."""

    def __init__(self, known=(), here=()):
        self.known, self.here = known, here
        self.asked = []

    def answer(self, command, **arguments):
        do = arguments["do"]
        self.asked.append((command, do, arguments.get("id", "")))
        if (command, do) == ("pack", "plan"):
            return {
                "volumes": {
                    number: [
                        {"id": name, "bytes": 9}
                        | ({"digest": blob(name).digest, "size": 1} if name in self.known else {})
                        for name in names
                    ]
                    for number, names in LAYERS.items()
                }
            }
        if (command, do) == ("pack", "layer"):
            return {"digest": blob(arguments["id"]).digest, "size": 1}
        if (command, do) == ("blobs", "have"):
            return {
                "sizes": {
                    d: 1 for d in arguments["digests"] if d in {blob(n).digest for n in self.here}
                }
            }
        return {}

    run = answer

    def open(self, command, **arguments):
        self.asked.append((command, arguments["do"], arguments["digest"]))
        data = next(n for n in "xy" if blob(n).digest == arguments["digest"]).encode()
        return contextlib.closing(io.BytesIO(data[arguments["offset"] :]))


class Target:
    workers = 1

    def __init__(self, *there):
        self.there = {blob(name): name.encode() for name in there}
        self.manifests = []

    def has(self, one):
        return one in self.there

    def upload(self, one, opened, told):
        assert not self.manifests
        with opened(0) as source:
            self.there[one] = source.read(one.size)
            told(one.size)

    def put_manifest(self, data):
        self.manifests.append(data)
        return digest_of(data)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(
        module, "patiently", lambda store, command, **more: store.answer(command, **more)
    )


def test_all_layers_go_and_the_manifest_names_them():
    store, target = Store(), Target()
    sent = send(store, STATE, target, silent, "push")
    found = read(target.manifests[0], "x")
    assert found.layers == ((blob("x"), blob("y")), (blob("x"),))
    assert target.there[blob("y")] == b"y"
    assert target.there[found.config] == STATE.to_json().encode()
    assert (sent.layers, sent.bytes) == (2, 2)
    assert sent.digest == digest_of(target.manifests[0])


def test_what_is_known_and_there_is_not_even_packed():
    store = Store(known="xy")
    sent = send(store, STATE, Target("x", "y"), silent, "push")
    assert ("pack", "layer") not in {row[:2] for row in store.asked}
    assert sent.bytes == 2


def test_what_was_packed_before_is_not_packed_again():
    store, target = Store(known="xy", here="xy"), Target()
    send(store, STATE, target, silent, "push")
    assert ("pack", "layer") not in {row[:2] for row in store.asked}
    assert target.there[blob("x")] == b"x"


def test_what_was_known_and_is_gone_is_packed_again():
    store, target = Store(known="xy"), Target()
    send(store, STATE, target, silent, "push")
    assert ("pack", "layer", "y") in store.asked


def test_what_turns_out_to_be_there_is_not_sent():
    store = Store()
    send(store, STATE, Target("x", "y"), silent, "push")
    assert ("blobs", "send") not in {row[:2] for row in store.asked}


def test_packed_layers_are_dropped_in_the_end():
    store = Store()
    send(store, STATE, Target(), silent, "push")
    assert [row[:2] for row in store.asked[-2:]] == [("blobs", "drop"), ("pack", "forget")]


def test_a_packed_layer_that_ends_early_is_the_stores_fault():
    class Stream(io.BytesIO):
        said = b'{"error": "[Errno 2] No such file", "errno": "ENOENT"}'

        def finish(self):
            return 1

    class Gone(Store):
        def open(self, command, **arguments):
            return contextlib.closing(Stream())

    target = Target()
    with pytest.raises(EngineError, match="cannot send: .*No such file"):
        send(Gone(), STATE, target, silent, "push")
    assert target.manifests == []
