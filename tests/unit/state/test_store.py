"""The store asks its keeper, and knows which volumes are its own."""

import pytest

from parity.errors import EngineError
from parity.state import store as module
from parity.state.store import Store, open_store

FOUND = {"Id": "k", "Mounts": [{"Destination": "/store", "Source": "/v/parity-store/_data"}]}


class Api:
    def __init__(self, output=b"{}", code=0):
        self.output, self.code, self.asked = output, code, None

    def exec_create(self, container, command, **options):
        self.asked = (container, command, options)
        return {"Id": "e"}

    def exec_start(self, _, demux):
        return self.output, b""

    def exec_inspect(self, _):
        return {"ExitCode": self.code}


def store(api=None):
    client = type("Client", (), {"api": api})
    return Store(client, "i:1", "parity-store", "/v/parity-store/_data", "k")


def test_it_asks_in_the_keeper_and_says_whose_work_it_is():
    api = Api(b'{"free": 5}')
    assert store(api).run("survey", deep=True) == {"free": 5}
    container, command, options = api.asked
    assert (container, command[-2:]) == ("k", ["survey", '{"deep": true}'])
    assert "PARITY_LEASE" in options["environment"]


def test_a_refusal_is_an_error():
    with pytest.raises(EngineError, match="cannot clone: there is no x"):
        store(Api(b'{"error": "there is no x", "errno": ""}', 1)).run("clone")


def test_a_bound_volume_is_one_of_its_directories():
    here = store()
    bound = here.bound("live/x")
    assert bound == {"type": "none", "o": "bind", "device": "/v/parity-store/_data/live/x"}
    assert here.holds(bound)


def test_a_layer_and_another_stores_directory_are_not(monkeypatch):
    here = store()
    assert not here.holds({})
    assert not here.holds({"type": "none", "device": "/v/parity-pool/_data/live/x"})
    over = "lowerdir=/v/parity-store/_data/states/a/0"
    assert not here.holds({"type": "overlay", "device": "overlay", "o": over})


@pytest.fixture
def keeper(monkeypatch):
    state = {"found": None, "reason": "", "runs": True, "did": []}
    keeper = module.keeper
    monkeypatch.setattr(keeper, "find", lambda *_: state["found"])
    monkeypatch.setattr(keeper, "make", lambda *_: FOUND)
    monkeypatch.setattr(keeper, "runs", lambda _: state["runs"])
    monkeypatch.setattr(keeper, "start", lambda *_: state["did"].append("start") or state["reason"])
    monkeypatch.setattr(keeper, "volume", lambda _, name: state["did"].append(name))
    monkeypatch.setattr(module.pool, "opened", lambda *_: state["did"].append("pool") or FOUND)
    return state


def test_an_open_store_costs_one_question(keeper):
    keeper["found"] = FOUND
    found = open_store(None, "i:1", "parity-store")
    assert (found.root, found.keeper) == ("/v/parity-store/_data", "k")
    assert keeper["did"] == []


def test_a_missing_one_is_made_and_a_stopped_one_started(keeper):
    keeper["runs"] = False
    open_store(None, "i:1", "parity-store")
    assert keeper["did"] == ["parity-store", "start"]


def test_one_that_cannot_start_is_an_error(keeper):
    keeper["runs"], keeper["reason"] = False, "no space"
    with pytest.raises(EngineError, match="keeper of parity-store cannot start: no space"):
        open_store(None, "i:1", "parity-store")


def test_the_pool_is_opened_by_its_own_rules(keeper):
    open_store(None, "i:1", "parity-pool")
    assert keeper["did"] == ["pool"]
