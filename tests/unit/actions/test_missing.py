"""A state that is not found is looked for in the stores, and only then."""

from types import SimpleNamespace

import pytest

from parity.actions import missing as module
from parity.actions.missing import find, look, named, there_is_none
from parity.errors import EngineError, StateError
from parity.model.progress import silent
from parity.model.project import Project
from parity.model.state import State
from parity.state import lost, marks

ONE = State("1", "one", "shop", "d1", "2026", "copy", ())
TWO = State("2", "two", "shop", "d2", "2027", "copy", ())
SESSION = SimpleNamespace(identity=SimpleNamespace(project="shop"), project=Project())


@pytest.fixture
def world(monkeypatch):
    """States with a marker, and by store those that have lost it."""
    found = SimpleNamespace(states=[ONE], lost={"parity-store": []}, opened=[], image=True)

    def opened(client, image, name):
        found.opened.append(name)
        if found.lost[name] is None:
            raise EngineError("the pool cannot be mounted")
        return name

    def again(name):
        made, found.lost[name] = tuple(found.lost[name]), []
        found.states += made
        return made

    monkeypatch.setattr(marks, "of_project", lambda project: tuple(found.states))
    monkeypatch.setattr(lost, "stores", lambda: list(found.lost))
    monkeypatch.setattr(lost, "found_again", again)
    monkeypatch.setattr(module, "open_store", opened)
    monkeypatch.setattr(module, "connect", lambda: None)
    monkeypatch.setattr(module, "present", lambda client, image: found.image)
    return found


def test_one_that_is_there_is_found_without_a_look(world):
    assert find(SESSION, "one") == ONE
    assert not there_is_none(SESSION)
    assert world.opened == []


def test_one_that_was_lost_is_found_and_told(world):
    world.lost, told = {"parity-store": [], "parity-pool": [TWO]}, []
    assert named(SESSION, "two", told.append) == (TWO,)
    assert world.opened == ["parity-store", "parity-pool"]
    assert [step.subject for step in told] == ["two"]


def test_one_that_another_command_finds_at_the_same_moment_is_found(world, monkeypatch):
    monkeypatch.setattr(lost, "found_again", lambda store: world.states.append(TWO) or ())
    assert named(SESSION, "two") == (TWO,)


def test_one_that_is_nowhere_is_refused(world):
    with pytest.raises(StateError, match="no state `two`") as caught:
        named(SESSION, "two")
    assert caught.value.next_step == "there are: one"
    world.lost = {"parity-store": [TWO]}
    with pytest.raises(StateError, match="no state `three`") as caught:
        named(SESSION, "three")
    assert caught.value.next_step == "there are: one, two"


def test_a_store_that_cannot_be_opened_is_passed_over(world):
    world.lost = {"parity-store": [TWO], "parity-pool": None}
    assert look(SESSION, silent)
    assert world.states == [ONE, TWO]


@pytest.mark.parametrize("case", ["no store", "no image"])
def test_without_a_store_or_its_image_nothing_is_opened(world, case):
    if case == "no store":
        world.lost = {}
    else:
        world.image = False
    assert not look(SESSION, silent)
    assert world.opened == []


def test_a_project_has_none_where_none_is_found_again(world):
    world.states = []
    assert there_is_none(SESSION)
    world.lost = {"parity-store": [TWO]}
    assert not there_is_none(SESSION)
