"""Which two environments are meant."""

import pytest

from parity.actions.diff_request import DiffRequest, compared, is_usual, sides
from parity.errors import UsageError
from parity.model.project import CheckTable, EnvironmentTable, Project


def project(*names, **tables):
    return Project(environments={name: EnvironmentTable() for name in names}, **tables)


@pytest.mark.parametrize(
    ("names", "request_", "expected"),
    [
        (("dev", "prod"), DiffRequest(), ("dev", "prod")),
        (("prod", "dev"), DiffRequest(), ("dev", "prod")),
        (("prod",), DiffRequest(), ("local", "prod")),
        (("prod", "staging", "dev"), DiffRequest(), ("local", "prod")),
        (("prod", "staging", "dev"), DiffRequest("staging"), ("staging", "prod")),
        (("prod", "staging", "dev"), DiffRequest("dev", "staging"), ("dev", "staging")),
    ],
)
def test_the_obvious_two(names, request_, expected):
    assert sides(project(*names), request_) == expected


def test_those_of_check_come_before_the_obvious():
    given = project("a", "prod", check=CheckTable(compare=("prod", "a")))
    assert sides(given, DiffRequest()) == ("prod", "a")
    with pytest.raises(UsageError, match="names 1 environments"):
        sides(project("a", check=CheckTable(compare=("a",))), DiffRequest())


def test_a_check_does_not_look_at_the_local_stack():
    assert compared(project("prod"), DiffRequest()) is None
    assert compared(project("dev", "prod"), DiffRequest()) == ("dev", "prod")
    # An environment of that name is one like any other.
    assert compared(project("local", "prod"), DiffRequest()) == ("local", "prod")


def test_waivers_are_for_the_usual_two():
    given = project("dev", "prod")
    assert is_usual(given, DiffRequest())
    assert is_usual(given, DiffRequest("dev", "prod"))
    assert not is_usual(given, DiffRequest("prod", "dev"))
    assert not is_usual(project(), DiffRequest("a.yaml", "b.yaml"))


def test_a_check_of_the_local_stack_is_refused():
    with pytest.raises(UsageError, match="does not look at the local stack"):
        compared(project("prod"), DiffRequest("local", "prod"))


def test_without_environments_two_must_be_named():
    for request in (DiffRequest(), DiffRequest("compose.yaml")):
        with pytest.raises(UsageError, match="nothing says what to compare") as caught:
            sides(Project(), request)
        assert "parity init" in caught.value.next_step
