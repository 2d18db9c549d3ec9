"""Copies are made whole, or none of them."""

import pytest

from parity.stack.gateway_image.store import clone, place, room


@pytest.fixture
def store(tmp_path, monkeypatch):
    for module in (place, room):
        monkeypatch.setattr(module, "STORE", tmp_path / "store")
    monkeypatch.setattr(room, "IMAGE", tmp_path / "image")
    sealed = tmp_path / "store" / "states" / "a" / "0"
    sealed.mkdir(parents=True)
    (sealed / "file").write_text("sealed")
    return tmp_path / "store"


def run(*pairs, reflink="never", **more):
    copies = [{"from": source, "to": target} for source, target in pairs]
    return clone.run({"copies": copies, "reflink": reflink, **more})


def left(store):
    trash = store / "trash"
    return list(trash.iterdir()) if trash.exists() else []


def test_a_copy_is_apart_from_what_it_was_made_from(store):
    run(("states/a/0", "live/x"), durable=True)
    (store / "live" / "x" / "file").write_text("changed")
    assert (store / "states" / "a" / "0" / "file").read_text() == "sealed"
    assert left(store) == []


def test_a_path_of_the_container_is_copied_as_well(store, tmp_path):
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume" / "data").write_text("x")
    run((str(tmp_path / "volume"), "states/b/0"))
    assert (store / "states" / "b" / "0" / "data").read_text() == "x"


def test_when_one_cannot_be_made_none_is(store):
    with pytest.raises(ValueError, match="there is no .*/states/never/0"):
        run(("states/a/0", "live/x"), ("states/never/0", "live/y"))
    (store / "live" / "taken" / "full").mkdir(parents=True)
    with pytest.raises(OSError, match="not empty"):
        run(("states/a/0", "live/x"), ("states/a/0", "live/taken"))
    assert not (store / "live" / "x").exists()
    assert left(store) == []


def test_by_reference_only_where_that_is_possible(store, monkeypatch):
    def cannot(source, target):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(clone, "twin", cannot)
    with pytest.raises(OSError, match="not supported"):
        run(("states/a/0", "live/x"), reflink="always")
    assert not (store / "live" / "x").exists()


def test_what_there_is_no_room_for_is_not_begun(store, monkeypatch):
    monkeypatch.setattr(room, "free", lambda _: 1)
    with pytest.raises(OSError, match="it takes 0 MiB, and 0 MiB are free"):
        run(("states/a/0", "live/x"))
    assert left(store) == []


def test_a_place_outside_the_store_is_refused(store):
    with pytest.raises(ValueError, match="not a place"):
        run(("states/a/0", "../else"))


def test_removing_what_is_not_there_is_no_error(store):
    run(("states/a/0", "live/x"))
    clone.run({"reflink": "never", "remove": ["live/x", "live/never"]})
    assert not (store / "live" / "x").exists()


def test_a_file_with_two_names_counts_once(tmp_path):
    (tmp_path / "one").write_bytes(b"x" * 8192)
    before = clone.size(str(tmp_path))
    (tmp_path / "two").hardlink_to(tmp_path / "one")
    assert clone.size(str(tmp_path)) == before == 8192


def test_what_cp_says_becomes_the_reason():
    full = clone._reason("cp: error writing 'x': No space left on device\nmore\n")
    assert full.errno == 28
    assert clone._reason("").errno == 5
