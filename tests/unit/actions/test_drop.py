"""A state that somebody needs is not dropped; of several either all go or none."""

from types import SimpleNamespace

import pytest

from parity.actions import drop as module
from parity.actions.drop import drop
from parity.actions.usage import User
from parity.errors import StateError
from parity.model.progress import silent
from parity.model.state import SavedVolume, State
from parity.state import lost, marks

ONE = State("1", "one", "shop", "d1", "2026", "copy", (SavedVolume("v", ("db",), 1, 1, "d", "q"),))
TWO = State("2", "two", "shop", "d2", "2027", "copy", ())
SESSION = SimpleNamespace(identity=SimpleNamespace(project="shop"))


@pytest.fixture
def world(monkeypatch):
    made = SimpleNamespace(used={}, gone=[], freed=5)
    monkeypatch.setattr(marks, "of_project", lambda project: (ONE, TWO))
    monkeypatch.setattr(lost, "stores", list)
    monkeypatch.setattr(module, "users", lambda session: made.used)
    monkeypatch.setattr(module, "connect", lambda: None)
    monkeypatch.setattr(module, "open_store", lambda *_: (None, None))
    monkeypatch.setattr(
        module, "discard", lambda store, state: made.gone.append(state.id) or made.freed
    )
    return made


def test_it_goes_where_nobody_needs_it(world):
    result = drop(SESSION, ["one", "two", "one"], silent)
    assert world.gone == ["1", "2"]
    assert result.freed == 10


@pytest.mark.parametrize("used", [User("shop"), User("shop-x", "x", "", ("v",))])
def test_one_that_was_begun_from_is_refused_unless_it_is_forced(world, used):
    world.used = {"2": (used,)}
    with pytest.raises(StateError, match="in use") as caught:
        drop(SESSION, ["one", "two"], silent)
    assert str(used) in caught.value.message
    assert "--force" in caught.value.next_step
    assert world.gone == []
    drop(SESSION, ["two"], silent, force=True)
    assert world.gone == ["2"]


def test_one_whose_files_are_read_is_refused_in_any_case(world):
    world.used = {"1": (User("shop-x", "x", "", ("v",), reading=True),)}
    with pytest.raises(StateError, match="read its files") as caught:
        drop(SESSION, ["one"], silent, force=True)
    assert "parity down --fork x" in caught.value.next_step
    assert world.gone == []


def test_a_name_that_is_none_drops_nothing(world):
    with pytest.raises(StateError, match="no state"):
        drop(SESSION, ["one", "nothing"], silent)
    assert world.gone == []


def test_data_that_others_work_on_is_left_for_later(world):
    world.freed, told = None, []
    assert drop(SESSION, ["one"], told.append).freed == 0
    assert "parity gc" in told[0].text
