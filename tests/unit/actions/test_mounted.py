"""The pool is mounted before a stack that lies in it starts, and nobody else waits for that."""

from types import SimpleNamespace

import pytest

from parity.actions.mounted import mounted
from parity.errors import StateError
from parity.model.progress import silent
from parity.model.project import Project
from parity.stack import labels
from parity.state import keeper, marks

SESSION = SimpleNamespace(identity=SimpleNamespace(name="s"), project=Project())


def volume(name, store, place):
    options = {"type": "none", "o": "bind", "device": f"/engine/{store}/_data/{place}"}
    return {"Name": name, "Options": options, "Labels": {labels.LIVE: place}}


@pytest.fixture
def world(monkeypatch):
    """An engine with the volumes of the stack; `mounted`: the pool is already."""
    found = SimpleNamespace(volumes=[], mounted=False, live={"x": 1.0}, opened=[])

    def opened(client, image, name):
        found.opened.append(name)
        return SimpleNamespace(run=lambda command: {"live": found.live})

    monkeypatch.setattr(marks, "volumes_of", lambda stack: found.volumes)
    monkeypatch.setattr("parity.engine.client.connect", lambda: None)
    monkeypatch.setattr("parity.engine.images.ensure_gateway", lambda *_: None)
    monkeypatch.setattr("parity.state.store.open_store", opened)
    monkeypatch.setattr(keeper, "find", lambda *_: None)
    monkeypatch.setattr(keeper, "runs", lambda _: found.mounted)
    return found


@pytest.mark.parametrize(
    "volumes",
    [
        [],
        [{"Name": "s_data", "Options": None, "Labels": None}],
        [volume("s_data", "parity-store", "live/x")],
    ],
    ids=["none", "plain", "of the other store"],
)
def test_a_stack_without_data_in_the_pool_opens_nothing(world, volumes):
    world.volumes = volumes
    mounted(SESSION, pytest.fail)
    assert world.opened == []


def test_a_pool_that_is_not_mounted_is_and_that_is_told(world):
    world.volumes, told = [volume("s_data", "parity-pool", "live/x")], []
    mounted(SESSION, told.append)
    assert world.opened == ["parity-pool"]
    assert [(step.subject, step.text) for step in told] == [("pool", "mounted")]


def test_of_one_that_is_nothing_is_told(world):
    world.volumes, world.mounted, world.live = [volume("s_data", "parity-pool", "live/x")], True, {}
    mounted(SESSION, pytest.fail)
    assert world.opened == ["parity-pool"], "its keeper may hold another's file system"


def test_data_that_is_gone_is_told_with_what_to_do(world):
    lies = [volume(name, "parity-pool", f"live/{name}") for name in ("b", "x", "a")]
    world.volumes = lies
    with pytest.raises(StateError, match="the data of a, b is gone") as caught:
        mounted(SESSION, silent)
    assert "parity down --volumes" in caught.value.next_step
