"""Which state is meant where none is named."""

from types import SimpleNamespace

import pytest

from parity.actions import build_state
from parity.actions.stand import remember
from parity.actions.start_state import start_state
from parity.errors import StateError
from parity.model.progress import silent
from parity.model.project import DeclaredTable, Project, StateTable
from parity.model.state import State
from parity.paths import StackPaths
from parity.state import lost, marks

ONE = State("1", "one", "shop", "d1", "2026", "copy", ())
TWO = State("2", "two", "shop", "d2", "2027", "copy", ())


@pytest.fixture
def meant(monkeypatch, tmp_path):
    """The state that is meant by a name in a project; a built one is `built NAME`."""
    states = [ONE, TWO]
    monkeypatch.setattr(marks, "of_project", lambda project: tuple(states))
    monkeypatch.setattr(lost, "stores", list)
    monkeypatch.setattr(
        build_state, "ensure", lambda session, name, p, keep: f"built {name} {keep}"
    )
    files = StackPaths(tmp_path / ".parity" / "shop")

    def ask(name="", *, stands_on="", default="", declared=(), none=False, keep=False):
        if none:
            states.clear()
        session = SimpleNamespace(
            files=files,
            identity=SimpleNamespace(project="shop"),
            project=Project(
                state=StateTable(default=default), states=dict.fromkeys(declared, DeclaredTable())
            ),
        )
        if stands_on:
            remember(session, stands_on)
        return start_state(session, name, silent, keep=keep)

    return ask


def test_the_one_that_is_named(meant):
    assert meant("one") == ONE


def test_a_declared_one_is_built(meant):
    assert meant("one", declared=["one", "other"], keep=True) == "built one True"


def test_else_the_projects_default(meant):
    assert meant(default="one", stands_on="2") == ONE
    assert meant(default="seeded", declared=["seeded", "other"]) == "built seeded False"


def test_else_the_only_declared_one(meant):
    assert meant(declared=["seeded"], stands_on="1") == "built seeded False"


def test_else_the_one_that_the_stack_stands_on(meant):
    assert meant(stands_on="1", declared=["a", "b"]) == ONE


def test_what_it_stands_on_is_built_again_where_it_is_declared(meant):
    """Of another branch's inputs it is another state, whatever the stack stands on."""
    assert meant(stands_on="1", declared=["one", "other"]) == "built one False"


def test_so_is_the_newest(meant):
    assert meant(declared=["two", "other"]) == "built two False"


def test_declared_ones_are_named_where_none_is_built(meant):
    with pytest.raises(StateError, match="which start state") as caught:
        meant(none=True, declared=["schema", "seeded"])
    assert "schema, seeded" in caught.value.next_step


def test_else_the_newest(meant):
    assert meant() == TWO
    assert meant(stands_on="gone") == TWO


def test_where_there_is_none_it_is_said_how_to_make_one(meant):
    with pytest.raises(StateError, match="no start state") as caught:
        meant(none=True)
    assert "parity save" in caught.value.next_step


def test_a_name_that_is_none_is_refused(meant):
    with pytest.raises(StateError, match="no state `three`"):
        meant("three")


def test_the_one_it_stands_on_is_looked_for_before_another_is_taken(meant, monkeypatch):
    looks = []
    monkeypatch.setattr("parity.actions.start_state.look", lambda *_: looks.append(1))
    assert meant() == TWO
    assert meant(stands_on="1") == ONE
    assert looks == [], "what is there is not looked for"
    assert meant(stands_on="gone") == TWO
    assert looks == [1]
