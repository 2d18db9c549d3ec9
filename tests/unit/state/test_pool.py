"""The pool is opened, brought back, or refused with the reason."""

import json

import pytest

from parity.errors import EngineError
from parity.state import pool


@pytest.fixture
def engine(monkeypatch):
    """What the steps did and what they answer."""
    state = {
        "did": [],
        "found": None,
        "reasons": [],
        "ours": [True],
        "said": {"number": 7700},
        "settled": True,
    }
    keeper = pool.keeper
    monkeypatch.setattr(keeper, "find", lambda *_: state["found"])
    monkeypatch.setattr(keeper, "runs", lambda found: found is not None)
    monkeypatch.setattr(keeper, "settled", lambda found: state["settled"])
    monkeypatch.setattr(keeper, "make", lambda *_: {"Id": "made"})
    monkeypatch.setattr(
        keeper, "start", lambda *_: state["reasons"].pop(0) if state["reasons"] else ""
    )

    def volume(client, name, options=None):
        state["did"].append((name, (options or {}).get("device", "")))
        return f"/v/{name}"

    def once(client, image, **arguments):
        state["did"].append(("attach", arguments["node"]))
        return (1 if "error" in state["said"] else 0, json.dumps(state["said"]).encode(), b"")

    monkeypatch.setattr(keeper, "volume", volume)
    monkeypatch.setattr(pool, "_once", once)
    monkeypatch.setattr(pool, "_ours", lambda *_: state["ours"].pop(0))
    monkeypatch.setattr(pool, "_let_go", lambda *_: state["did"].append("let go"))
    return state


def test_an_open_pool_is_taken_as_it_is(engine):
    engine["found"] = {"Id": "k"}
    assert pool.opened(None, "i")["Id"] == "k"
    assert engine["did"] == []


def test_one_that_has_just_begun_is_asked_first(engine):
    engine["found"], engine["settled"] = {"Id": "k"}, False
    assert pool.opened(None, "i")["Id"] == "k"
    engine["ours"] = [False, True]
    assert pool.opened(None, "i")["Id"] == "made"


def test_a_closed_one_is_attached_and_mounted(engine):
    assert pool.opened(None, "i")["Id"] == "made"
    assert engine["did"] == [
        ("parity-pool-image", ""),
        ("attach", False),
        ("parity-pool", "/v/parity-pool-image/device"),
    ]


def test_an_engine_that_does_not_see_the_device_gets_a_file_of_it(engine):
    engine["reasons"] = ["no such file or directory"]
    pool.opened(None, "i")
    assert [row[1] for row in engine["did"] if row[0] == "attach"] == [False, True]


def test_another_file_system_in_its_place_is_let_go(engine):
    engine["ours"] = [False, True]
    pool.opened(None, "i")
    assert "let go" in engine["did"]


def test_what_cannot_be_mounted_is_refused_with_the_reason(engine):
    engine["reasons"] = ["unknown filesystem type 'xfs'"] * 2
    with pytest.raises(EngineError, match="cannot be mounted: unknown filesystem") as refused:
        pool.opened(None, "i")
    assert "pool = false" in refused.value.next_step


def test_what_cannot_be_made_is_refused_with_the_reason(engine):
    engine["said"] = {"error": "a pool takes 512 MiB, the engine's disk has 1 MiB for it"}
    with pytest.raises(EngineError, match="no pool can be made: a pool takes 512 MiB"):
        pool.opened(None, "i")
