"""Packing and unpacking a state: the same files, the same digests, whatever the size."""

import io
import json
import os
import shutil

import pytest

from parity.stack.gateway_image.store import layers, pack, place, unpack
from parity.stack.gateway_image.store.spool import blob_path
from parity.stack.gateway_image.store.tree import tree, write_index

pytestmark = pytest.mark.skipif(not shutil.which("zstd"), reason="the machine has no zstd")


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "STORE", tmp_path)
    monkeypatch.setattr(layers, "LARGE", 1 << 20)
    monkeypatch.setattr(layers, "PIECE", 2 << 20)
    one = tmp_path / "states" / "one"
    (one / "0" / "d").mkdir(parents=True)
    (one / "0" / "d" / "file").write_text("x")
    (one / "0" / "big").write_bytes(os.urandom(5 << 20))
    (one / "1").mkdir()
    return tmp_path


def plan(state="one", volumes=2):
    return pack.run({"do": "plan", "state": state, "volumes": volumes})["volumes"]


def packed(state="one", number=0):
    """Digests of a volume's layers, all made."""
    rows = plan(state)[str(number)]
    made = [
        pack.run({"do": "layer", "state": state, "number": number, "id": row["id"]}) for row in rows
    ]
    return [row["digest"] for row in made]


def unpacked(digests, number=0, **change):
    wanted = tree(str(place.STORE / "states" / "one" / str(number)))
    arguments = {"state": "two", "number": number, "blobs": digests, "files": wanted.files}
    arguments |= {"bytes": wanted.bytes, "digest": wanted.digest}
    return wanted, unpack.run({**arguments, **change})


def test_a_volume_comes_out_as_it_was(store):
    wanted, found = unpacked(packed())
    assert found == {"files": wanted.files, "bytes": wanted.bytes, "quick": wanted.quick}
    assert tree(str(store / "states" / "two" / "0")) == wanted


def test_an_empty_volume_travels_too(store):
    wanted, found = unpacked(packed(number=1), number=1)
    assert found["files"] == 0
    assert tree(str(store / "states" / "two" / "1")).digest == wanted.digest


def test_layers_that_were_made_are_known_the_next_time():
    assert all("digest" not in row for row in plan()["0"])
    digests = packed()
    assert [row["digest"] for row in plan()["0"]] == digests
    assert len(digests) == 4


def test_the_hashes_of_a_state_are_taken_once(monkeypatch):
    plan(volumes=1)
    monkeypatch.setattr(pack, "tree", lambda root: pytest.fail("hashed again"))
    plan(volumes=1)


def test_a_file_that_came_after_the_sealing_is_told(store):
    found = tree(str(store / "states" / "one" / "0"))
    write_index(str(store / "states" / "one.index"), {0: found.known, 1: {}})
    (store / "states" / "one" / "0" / "late").touch()
    with pytest.raises(ValueError, match="late was not there"):
        plan()


def test_a_plan_is_forgotten(store):
    plan()
    pack.run({"do": "forget", "state": "one"})
    assert not (store / "ship" / "plans" / "one").exists()


def test_the_layers_of_what_was_unpacked_are_those_it_came_in():
    digests = packed()
    unpacked(digests)
    unpacked(packed(number=1), number=1)
    rows = plan("two")["0"]
    assert [row["digest"] for row in rows] == digests


def test_answers_come_late_with_the_same_content(monkeypatch):
    out = io.BytesIO()
    pack.stream({"do": "plan", "state": "one", "volumes": 2}, io.BytesIO(), out)
    assert json.loads(out.getvalue())["volumes"] == plan()


def damaged(store, digest, change):
    path = blob_path(digest)
    data = bytearray(path.read_bytes())
    change(data)
    path.write_bytes(data)


def nothing(store):
    states = {path.name for path in (store / "states").iterdir()} - {"one", "one.index"}
    return states == set() and list((store / "trash").iterdir()) == []


def cut_short(data):
    del data[len(data) // 2 :]


def flip(data):
    data[len(data) // 2] ^= 1


@pytest.mark.parametrize("change", [cut_short, flip, bytearray.clear])
def test_a_damaged_layer_is_named_and_nothing_stays(store, change):
    digests = packed()
    damaged(store, digests[0], change)
    _, found = unpacked(digests)
    assert found["damaged"]
    assert found["blob"] == digests[0]
    assert nothing(store)


def test_a_layer_that_is_left_out_is_found(store):
    digests = packed()
    _, found = unpacked(digests[:-1])
    assert "it unpacks as" in found["damaged"]
    assert nothing(store)


def test_more_than_announced_is_refused(store):
    digests = packed()
    for change in ({"bytes": 100}, {"files": 0}):
        assert "announces" in unpacked(digests, **change)[1]["damaged"]
    assert nothing(store)


def test_a_layer_that_is_not_there_is_an_error(store):
    with pytest.raises(FileNotFoundError):
        unpacked([f"sha256:{'0' * 64}"])
    assert nothing(store)
