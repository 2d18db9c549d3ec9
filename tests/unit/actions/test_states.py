"""What is told of each state."""

from types import SimpleNamespace

import pytest

from parity.actions import states as module
from parity.actions.states import states
from parity.errors import StateError
from parity.model.project import Project
from parity.model.state import State
from parity.state import marks

ONE = State("1", "one", "shop", "d1", "2026", "copy", ())
CHILD = State("2", "child", "shop", "d2", "2027", "reflink", (), parent="1", store="parity-pool")
ORPHAN = State("3", "orphan", "shop", "d3", "2028", "copy", (), parent="gone")
SESSION = SimpleNamespace(identity=SimpleNamespace(project="shop"), project=Project())


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Stores that were opened."""
    opened = []

    class Store:
        def run(self, command, *, paths):
            return {path: {"disk": 8, "own": 4} for path in paths}

    monkeypatch.setattr(marks, "of_project", lambda project: (ONE, CHILD, ORPHAN))
    monkeypatch.setattr(module, "look", lambda session, progress: opened.append("looked"))
    monkeypatch.setattr(module, "users", lambda session: {"1": ("me",)})
    monkeypatch.setattr(module, "connect", lambda: None)
    monkeypatch.setattr(module, "present", lambda client, image: True)
    monkeypatch.setattr(
        module, "open_store", lambda client, image, volume: opened.append(volume) or Store()
    )
    return opened


def test_each_with_its_parent_its_size_and_its_users(asked):
    found = {one.state.name: one for one in states(SESSION)}
    assert found["one"].users == ("me",)
    assert found["child"].parent == "one"
    assert found["orphan"].parent == "gone"
    assert {(one.disk, one.own) for one in found.values()} == {(8, 4)}
    assert asked == ["looked", "parity-pool", "parity-store"], "lost ones first, each store once"


def test_one_alone(asked):
    assert [one.state.name for one in states(SESSION, "child")] == ["child"]
    assert asked == ["looked", "parity-pool"]


def test_one_that_is_not_there_is_refused():
    with pytest.raises(StateError, match="no state"):
        states(SESSION, "nothing")


def test_looking_builds_no_image(monkeypatch, asked):
    monkeypatch.setattr(module, "present", lambda client, image: False)
    assert {one.disk for one in states(SESSION)} == {None}
    assert asked == ["looked"]
