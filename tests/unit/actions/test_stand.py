"""What is remembered of where the data comes from; a file that cannot be read says nothing."""

from types import SimpleNamespace

import pytest

from parity.actions.stand import Stand, forget, keep_marks, known_marks, remember, stand
from parity.paths import StackPaths


@pytest.fixture
def session(tmp_path):
    return SimpleNamespace(files=StackPaths(tmp_path / ".parity" / "shop"))


def test_nothing_is_known_at_first(session):
    assert stand(session) == Stand("", False)


def test_it_is_read_as_it_was_written(session):
    remember(session, "a1", pending=True)
    assert stand(session) == Stand("a1", True)
    remember(session, "a1")
    assert stand(session) == Stand("a1", False)


def test_it_is_forgotten_with_the_data(session):
    remember(session, "a1")
    forget(session)
    forget(session)
    assert stand(session) == Stand()


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", '{"state": "a1"}', "\x00"])
def test_what_is_damaged_says_nothing(session, text):
    remember(session, "a1")
    session.files.stand.write_text(text)
    assert stand(session) == Stand()


def test_marks_of_services_are_kept(session):
    assert known_marks(session.files) == {}
    keep_marks(session.files, {"c1": "text"})
    assert known_marks(session.files) == {"c1": "text"}
