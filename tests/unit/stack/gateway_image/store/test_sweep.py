"""Sweeping removes what it is told and what lies aside, and nothing while somebody works."""

import fcntl
import os

import pytest

from parity.stack.gateway_image.store import place, sweep


@pytest.fixture
def store(tmp_path, monkeypatch):
    for module in (sweep, place):
        monkeypatch.setattr(module, "STORE", tmp_path)
    (tmp_path / "states" / "a1" / "0").mkdir(parents=True)
    (tmp_path / "states" / "a1" / "0" / "data").write_bytes(b"x" * 8192)
    (tmp_path / "states" / "a1.lease").write_text("{}")
    (tmp_path / "live" / "b2").mkdir(parents=True)
    (tmp_path / "trash").mkdir()
    return tmp_path


def names(store):
    return sorted(str(path.relative_to(store)) for path in store.rglob("*") if path.name[0] != ".")


def test_what_it_is_told_goes_with_the_files_about_it(store):
    assert not sweep.run({"places": ["states/a1"]})["busy"]
    assert names(store) == ["live", "live/b2", "states", "trash"]


def test_what_is_not_named_stays(store):
    before = names(store)
    sweep.run({})
    assert names(store) == before


def test_what_lies_aside_goes(store):
    (store / "trash" / "half" / "deep").mkdir(parents=True)
    (store / "trash" / "file").write_text("x")
    (store / "trash" / "link").symlink_to(store / "live")
    sweep.run({})
    assert "trash/half" not in names(store)
    assert list((store / "trash").iterdir()) == []
    assert (store / "live" / "b2").is_dir()


def test_nothing_is_touched_while_another_agent_works(store):
    other = os.open(store / ".working", os.O_RDWR | os.O_CREAT)
    fcntl.flock(other, fcntl.LOCK_SH)
    before = names(store)
    assert sweep.run({"places": ["states/a1"]}) == {"freed": 0, "busy": True}
    assert names(store) == before
    os.close(other)
    assert not sweep.run({"places": ["states/a1"]})["busy"]


def test_others_can_work_again_afterwards(store):
    sweep.run({})
    other = os.open(store / ".working", os.O_RDWR)
    fcntl.flock(other, fcntl.LOCK_SH | fcntl.LOCK_NB)
    os.close(other)


def test_a_place_outside_the_store_is_refused(store):
    with pytest.raises(ValueError, match="not a place"):
        sweep.run({"places": ["../elsewhere"]})


def test_one_that_is_gone_already_is_no_error(store):
    assert sweep.run({"places": ["live/none"]})["freed"] == 0
