"""What a server said of itself."""

import pytest

from parity.diff.compare import side
from parity.model.environment import Environment
from parity.model.setting import Layer
from parity.rules import _database


def service(image="x:1", **database):
    body = {"image": image, "x-parity": {"facts": {"database": database}}}
    layers = frozenset({Layer.DECLARED, Layer.DATABASE})
    document = {"services": {"db": body}}
    return side(Environment("local", "compose", (), document, layers=layers)).services["db"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("16.4", (16, 4)),
        ("8.0.36-28", (8, 0, 36)),
        ("15beta1", (15,)),
        ("", ()),
        ("next", ()),
        ("9" * 5000, (999999,)),
        ("7..1", (7,)),
    ],
)
def test_a_version_is_the_numbers_that_it_begins_with(text, numbers):
    assert _database.version(service(version=text)) == numbers


def test_the_server_is_believed_before_its_image():
    assert _database.engine(service("postgres:16", engine="mysql")) == "mysql"
    assert _database.engine(service("postgres:16")) == "postgres"


def test_settings_of_the_applications_role_are_its_own_by_whatever_name():
    told = service(
        role={"name": "shop"},
        **{"role-settings": {"shop": {"*": {"a": "1"}}, "*": {"shop": {"b.c": "2"}}, "ro": {"*": {"a": "3"}}}},
    )  # fmt: skip
    found = {key: value for key, (value, _) in _database.by_role(told).items()}
    assert found == {("", "a"): "1", ("", "b.c"): "2", ("ro", "a"): "3"}


def test_what_one_side_lacks_of_the_other():
    assert list(_database.lacking(frozenset("ab"), frozenset("bc"))) == [
        ("left", {"c"}),
        ("right", {"a"}),
    ]
    assert not list(_database.lacking(frozenset("a"), frozenset("a")))


def test_many_names_are_some():
    assert _database.some(["a", "b"]) == "`a`, `b`"
    assert _database.some("abcdefgh") == "`a`, `b`, `c`, `d`, `e`, `f` and 2 more"


@pytest.mark.parametrize("value", [None, "a", 3, {"a": 1}])
def test_what_is_no_list_has_nothing_in_it(value):
    assert _database.listed(value) == frozenset()


def test_facts_that_rules_tell_of_as_a_whole_are_expected():
    assert _database.expected(("database", "schema", "users", "id"))
    assert _database.expected(("database", "collation", "recorded"))
    assert not _database.expected(("database", "encrypted"))
    assert not _database.expected(("database",))
