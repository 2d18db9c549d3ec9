"""The best way that works is taken, remembered by engine, and a wish is granted or refused."""

import json

import pytest

from parity.errors import EngineError
from parity.model.progress import silent
from parity.state import choose as module
from parity.state.choose import Wish, choose, known
from parity.state.store import Store


@pytest.fixture
def engine(monkeypatch, tmp_path):
    """An ext4 disk with overlay and a pool; `broken` are volumes or backends that do not work."""
    state = {"id": "E1", "disk": "ext4", "broken": {}, "opened": [], "tried": [], "keeper": "k"}
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("DOCKER_HOST", "tcp://engine:1")

    class Client:
        def info(self):
            return {"ID": state["id"], "DockerRootDir": "/d"}

    def probe(store, command, **_):
        disk = "xfs" if store.volume == "parity-pool" else state["disk"]
        return {"reflink": disk in ("xfs", "btrfs"), "filesystem": disk}

    def opened(client, image, volume):
        state["opened"].append(volume)
        if volume in state["broken"]:
            raise EngineError(state["broken"][volume])
        return Store(client, image, volume, f"/v/{volume}", f"{state['keeper']}-{volume}")

    def fails(store, backend):
        state["tried"].append(backend.name)
        return state["broken"].get(backend.name, "")

    monkeypatch.setattr(Store, "run", probe)
    monkeypatch.setattr(module, "open_store", opened)
    monkeypatch.setattr(module.trial, "fails", fails)
    monkeypatch.setattr(
        module.keeper, "find", lambda _, __, volume: {"Id": f"{state['keeper']}-{volume}"}
    )
    state["client"] = Client()
    return state


def pick(engine, wish="auto", **more):
    store, backend = choose(engine["client"], "i:1", wish, silent, **more)
    return backend.name, store.volume


@pytest.mark.parametrize("disk", ["xfs", "btrfs"])
def test_a_disk_that_shares_blocks_needs_no_pool(engine, disk):
    engine["disk"] = disk
    assert pick(engine) == ("reflink", "parity-store")
    assert engine["opened"] == ["parity-store"]


def test_else_the_pool_then_overlay_then_copies(engine):
    assert pick(engine) == ("reflink", "parity-pool")
    engine["broken"]["parity-pool"] = "no loop devices"
    engine["id"] = engine["keeper"] = "E2"
    assert pick(engine) == ("overlay", "parity-store")
    engine["broken"]["overlay"] = "not as it should be"
    engine["id"] = engine["keeper"] = "E3"
    assert pick(engine) == ("copy", "parity-store")
    assert known("i:1", Wish()).why == {
        "reflink": "files of its disk (ext4) cannot share blocks",
        "pool": "no loop devices",
        "overlay": "not as it should be",
    }


def test_an_overlay_lies_on_no_overlay(engine):
    engine["disk"] = "overlay"
    assert pick(engine, pool=False) == ("copy", "parity-store")
    assert known("i:1", Wish(pool=False)).why["overlay"] == "its disk is an overlay itself"


@pytest.mark.parametrize("wish", ["overlay", "copy", "reflink"])
def test_a_wish_is_granted(engine, wish):
    assert pick(engine, wish)[0] == wish


def test_without_a_pool_reflink_is_refused_with_both_reasons(engine):
    with pytest.raises(EngineError, match="backend = reflink") as refused:
        pick(engine, "reflink", pool=False)
    assert "cannot share blocks" in refused.value.detail
    assert "pool = false" in refused.value.detail
    assert "parity-pool" not in engine["opened"]


def test_the_store_of_a_state_is_the_one_it_lies_in(engine):
    assert pick(engine, volume="parity-store") == ("overlay", "parity-store")
    assert pick(engine, pool=False, volume="parity-pool") == ("reflink", "parity-pool")


def test_it_is_tried_once_for_each_engine(engine):
    pick(engine)
    engine["tried"].clear()
    pick(engine)
    assert engine["tried"] == []
    engine["keeper"] = "made anew"
    pick(engine)
    assert engine["tried"] == []
    assert known("i:1", Wish()).keeper == "made anew-parity-pool"
    engine["keeper"], engine["id"] = "other", "E2"
    pick(engine)
    assert engine["tried"] == ["reflink"]


def test_what_does_not_work_any_more_is_found_out_again(engine):
    pick(engine)
    engine["broken"]["parity-pool"] = "no loop devices"
    assert pick(engine) == ("overlay", "parity-store")


def test_a_second_choice_is_looked_at_again_after_a_week(engine, monkeypatch):
    engine["broken"]["parity-pool"] = "the disk is full"
    pick(engine)
    assert known("i:1", Wish()).backend == "overlay"
    later = module.time.time() + 8 * 24 * 3600
    monkeypatch.setattr(module.time, "time", lambda: later)
    assert known("i:1", Wish()) is None


def test_what_is_no_answer_in_the_cache_is_no_answer(engine, tmp_path):
    pick(engine)
    [file] = tmp_path.rglob("*.json")
    for text in ("", "[]", json.dumps({"engine": 1})):
        file.write_text(text)
        assert known("i:1", Wish()) is None


def test_without_a_cache_folder_it_works_all_the_same(engine, monkeypatch, tmp_path):
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert pick(engine) == ("reflink", "parity-pool")
