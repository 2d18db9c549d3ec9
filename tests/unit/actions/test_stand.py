"""Where the data comes from is kept in a small file, which may be damaged or gone."""

import pytest

from parity.actions.stand import Stand, forget, keep_marks, known_marks, remember, stand


def test_what_is_remembered_is_known_again(session):
    one = session()
    assert stand(one) == Stand("", False), "nothing is known of a stack that never was reset"
    remember(one, "a1", pending=True)
    assert stand(one) == Stand("a1", True)
    remember(one, "a1")
    assert stand(one) == Stand("a1", False)


def test_it_lies_where_nobody_commits_it(session):
    one = session()
    remember(one, "a1")
    assert (one.paths.state / ".gitignore").read_text().splitlines()[-1] == "*"


def test_each_stack_has_its_own(session):
    first, second = session(name="one"), session(name="two")
    remember(first, "a1")
    assert stand(second) == Stand()


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "null", '"a1"', "{}", '{"state": "a1"}', "\ufffe", "1" * 5000]
)
def test_a_damaged_file_says_nothing(session, text):
    one = session()
    remember(one, "a1")
    one.files.stand.write_text(text)
    assert stand(one) == Stand()


@pytest.mark.parametrize("content", [b"\xff\xfe{", b"\x00" * 10])
def test_a_file_that_is_no_text_says_nothing(session, content):
    one = session()
    remember(one, "a1")
    one.files.stand.write_bytes(content)
    one.files.marks.write_bytes(content)
    assert stand(one) == Stand()
    assert known_marks(one.files) == {}


def test_what_is_forgotten_is_not_known_and_may_be_forgotten_again(session):
    one = session()
    remember(one, "a1")
    forget(one)
    forget(one)
    assert stand(one) == Stand()


def test_marks_are_kept_by_container(session):
    files = session().files
    assert known_marks(files) == {}
    keep_marks(files, {"c1": "{5,[]}", "c2": "7"})
    assert known_marks(files) == {"c1": "{5,[]}", "c2": "7"}
    keep_marks(files, {})
    assert known_marks(files) == {}, "who was made again has another id"


@pytest.mark.parametrize("text", ["", "[]", "7", "null", "{"])
def test_damaged_marks_are_none(session, text):
    files = session().files
    keep_marks(files, {"c1": "5"})
    files.marks.write_text(text)
    assert known_marks(files) == {}
