"""What is refused before anything is sealed, and what a new state replaces."""

from types import SimpleNamespace

import pytest

from parity.actions import save as module
from parity.actions.save import definition, passing, replaced, save
from parity.errors import StateError, UsageError
from parity.model.progress import silent
from parity.model.project import DeclaredTable, Project
from parity.model.stack import Identity
from parity.model.state import State
from parity.paths import ProjectPaths
from parity.stack import labels
from parity.state import marks
from parity.state.leases import mine, read

ONE = State("1", "one", "shop", "d1", "2026", "copy", ())


@pytest.fixture
def session(tmp_path, monkeypatch):
    monkeypatch.setattr(marks, "of_project", lambda project: (ONE,))
    monkeypatch.setattr(module, "connect", lambda: None)
    monkeypatch.setattr(module, "mended", lambda *_: None)
    monkeypatch.setattr(module, "data_of", lambda stack: SimpleNamespace(containers=()))
    paths = ProjectPaths(tmp_path)
    return SimpleNamespace(
        paths=paths,
        files=paths.stack("shop-1"),
        identity=Identity("shop-1", "shop", str(tmp_path)),
        project=Project(states={"seeded": DeclaredTable()}),
    )


@pytest.mark.parametrize("name", ["", "A", "a b", "-a", "x" * 49])
def test_what_is_no_name_is_refused(session, name):
    with pytest.raises(UsageError, match="not a name"):
        save(session, name, silent)


def test_a_declared_name_is_refused_whatever_is_asked(session):
    with pytest.raises(StateError, match="declared in parity.toml"):
        save(session, "seeded", silent, replace=True)


def test_a_name_that_is_taken_is_refused(session):
    with pytest.raises(StateError, match="already") as caught:
        save(session, "one", silent)
    assert "--replace" in caught.value.next_step


def test_a_stack_that_is_not_there_cannot_be_saved(session):
    with pytest.raises(StateError, match="does not run"):
        save(session, "two", silent)
    with pytest.raises(StateError, match="does not run"):
        save(session, "one", silent, replace=True)


@pytest.mark.parametrize(("users", "gone"), [((), ["1"]), (("shop_db",), [])])
def test_what_it_replaces_goes_unless_it_is_in_use(session, monkeypatch, users, gone):
    taken, told = [], []
    monkeypatch.setattr(marks, "users", lambda state: users)
    monkeypatch.setattr(module, "open_store", lambda *_: (None, None))
    monkeypatch.setattr(module, "discard", lambda client, store, state: taken.append(state.id))
    replaced(None, session, [ONE], told.append)
    assert taken == gone
    assert [step.state for step in told] == ["warning"] * len(users)


def test_what_is_there_for_a_moment_is_no_part_of_the_stack(session):
    found = passing(session)
    assert labels.STACK not in found
    assert found[labels.PROJECT] == "shop"
    assert read(found[labels.LEASE]) == mine()


def test_the_definition_is_that_of_the_document_that_runs(session):
    assert definition(session) == ""
    session.files.folder.mkdir(parents=True)
    session.files.document.write_text("services: {}\n")
    before = definition(session)
    assert before.startswith("sha256:")
    session.files.document.write_text("services: {a: {}}\n")
    assert definition(session) != before
