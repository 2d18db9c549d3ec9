"""Who uses a state."""

from types import SimpleNamespace

import pytest

from parity.actions.usage import User, users
from parity.paths import ProjectPaths
from parity.stack import labels
from parity.state import marks


def volume(name, state, stack, *, fork="", kind="none"):
    own = {labels.FROM: state, labels.STACK: stack, labels.WORKTREE: "/w"}
    return {
        "Name": name,
        "Labels": own | ({labels.FORK: fork} if fork else {}),
        "Options": {"type": kind},
    }


@pytest.fixture
def found(monkeypatch, tmp_path):
    """Users by state, of a worktree without stacks of its own unless a test makes some."""
    volumes = []
    monkeypatch.setattr(marks, "derived", lambda: volumes)
    session = SimpleNamespace(paths=ProjectPaths(tmp_path))
    return volumes, session


def test_a_stack_with_volumes_from_it(found):
    volumes, session = found
    volumes += [volume("b", "a1", "shop"), volume("a", "a1", "shop")]
    assert users(session) == {"a1": (User("shop", "", "/w", ("a", "b")),)}
    assert str(users(session)["a1"][0]) == "stack shop"


def test_a_fork_is_called_by_its_name(found):
    volumes, session = found
    volumes += [volume("a", "a1", "shop-x", fork="x")]
    assert str(users(session)["a1"][0]) == "fork x (shop-x)"


def test_an_overlay_reads_what_it_lies_over(found):
    volumes, session = found
    volumes += [volume("a", "a1", "shop"), volume("b", "a1", "shop", kind="overlay")]
    assert users(session)["a1"][0].reading


def test_a_stack_of_this_worktree_that_was_saved_as_it(found):
    _, session = found
    for name, text in (("shop", '{"state": "a1", "pending": false}'), ("odd", "{}")):
        file = session.paths.stack(name).stand
        file.parent.mkdir(parents=True)
        file.write_text(text)
    assert users(session) == {"a1": (User("shop", "", str(session.paths.root)),)}


def test_one_that_has_both_is_named_once(found):
    volumes, session = found
    volumes += [volume("a", "a1", "shop")]
    file = session.paths.stack("shop").stand
    file.parent.mkdir(parents=True)
    file.write_text('{"state": "a1"}')
    assert [user.volumes for user in users(session)["a1"]] == [("a",)]


def test_nobody(found):
    assert users(found[1]) == {}
