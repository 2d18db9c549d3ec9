"""Sending and receiving: from any byte, checked at the end."""

import hashlib
import io
import json
import os
import time

import pytest

from parity.stack.gateway_image.store import blobs, place
from parity.stack.gateway_image.store.spool import blob_path

DATA = bytes(range(256)) * 5000
DIGEST = f"sha256:{hashlib.sha256(DATA).hexdigest()}"


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "STORE", tmp_path)
    return tmp_path


def receive(data, size=0, digest=DIGEST):
    size = size or len(DATA)
    out = io.BytesIO()
    arguments = {"do": "receive", "digest": digest, "size": size}
    blobs.stream(arguments, io.BufferedReader(io.BytesIO(data)), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_blob_is_received_and_kept_under_its_digest():
    assert receive(DATA) == [{"offset": 0}, {"complete": True, "damaged": False}]
    assert blob_path(DIGEST).read_bytes() == DATA


def test_one_that_broke_off_goes_on():
    assert receive(DATA[:1000]) == [{"offset": 0}, {"complete": False, "damaged": False}]
    assert receive(DATA[1000:]) == [{"offset": 1000}, {"complete": True, "damaged": False}]
    assert blob_path(DIGEST).read_bytes() == DATA


def test_one_that_is_there_is_not_wanted():
    receive(DATA)
    assert receive(b"") == [{"offset": len(DATA)}, {"complete": True}]


def test_another_content_is_damage_and_does_not_stay(store):
    bad = b"x" + DATA[1:]
    assert receive(bad)[-1] == {"complete": True, "damaged": True}
    assert list((store / "ship" / "blobs").iterdir()) == []
    assert receive(DATA)[0] == {"offset": 0}


def test_more_than_its_size_is_not_read():
    assert receive(DATA + b"more")[-1]["complete"]
    assert blob_path(DIGEST).read_bytes() == DATA


def test_a_part_that_is_longer_than_the_whole_begins_again():
    receive(DATA[:5000], size=len(DATA))
    assert receive(DATA[:3000], size=3000)[0] == {"offset": 0}


def send(offset, length):
    out = io.BytesIO()
    arguments = {"do": "send", "digest": DIGEST, "offset": offset, "length": length}
    blobs.stream(arguments, io.BytesIO(), out)
    return out.getvalue()


def test_any_part_is_sent():
    receive(DATA)
    assert send(0, len(DATA)) == DATA
    assert send(1000, 5) == DATA[1000:1005]
    assert send(len(DATA), 0) == b""


def test_what_is_not_there_is_told():
    with pytest.raises(FileNotFoundError):
        send(0, 1)


def run(do, *digests, **more):
    return blobs.run({"do": do, "digests": list(digests), **more})


def test_sizes_of_what_is_there():
    other = f"sha256:{'0' * 64}"
    receive(DATA)
    assert run("have", DIGEST, other) == {"sizes": {DIGEST: len(DATA)}}


def test_dropping_takes_what_is_named_and_what_is_old(store):
    receive(DATA)
    folder = store / "ship" / "blobs"
    for name, days in (("old.part", 8), ("new.part", 6)):
        (folder / name).touch()
        os.utime(folder / name, (0, time.time() - days * 86400))
    assert run("drop", DIGEST, f"sha256:{'0' * 64}") == {}
    assert [path.name for path in folder.iterdir()] == ["new.part"]
    run("drop", older=0)
    assert list(folder.iterdir()) == []
