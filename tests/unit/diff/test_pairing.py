"""Which services are the same: by mapping, by name, by image."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.diff.compare import side
from parity.diff.pairing import pair
from parity.model.environment import Environment


def made(**images):
    services = {name: {"image": image} for name, image in images.items()}
    return side(Environment("e", "compose", (), {"services": services}))


def joined(left, right, mapping=None):
    pairs, only_left, only_right = pair(left, right, mapping or {})
    return [(p.left.name, p.right.name, p.how) for p in pairs], only_left, only_right


def test_by_name_in_the_right_side_s_order():
    found = joined(made(a="x", b="y", c="z"), made(c="z", a="other"))
    assert found == ([("c", "c", "name"), ("a", "a", "name")], ("b",), ())


def test_names_that_differ_in_case_and_marks_only():
    left = side(Environment("e", "compose", (), {"services": {"API_server": {"image": "x"}}}))
    right = side(Environment("e", "compose", (), {"services": {"api-server": {"image": "y"}}}))
    assert joined(left, right)[0] == [("API_server", "api-server", "name")]


def test_an_exact_name_goes_before_a_similar_one():
    one = {"services": {"my_db": {"image": "a"}, "my-db": {"image": "b"}}}
    left = side(Environment("e", "compose", (), one))
    right = side(Environment("e", "compose", (), {"services": {"my-db": {"image": "c"}}}))
    assert joined(left, right) == ([("my-db", "my-db", "name")], ("my_db",), ())


def test_the_user_s_mapping_goes_before_names():
    left, right = made(a="x", b="y"), made(a="x", b="y")
    assert joined(left, right, {"a": "b"})[0] == [("a", "b", "mapping")]


@pytest.mark.parametrize("mapping", [{"a": "nobody"}, {"nobody": "a"}])
def test_a_mapping_of_what_is_not_there_is_left_out(mapping):
    assert joined(made(a="x"), made(a="x"), mapping)[0] == [("a", "a", "name")]


def test_one_service_is_mapped_once():
    found = joined(made(a="x"), made(b="y", c="z"), {"a": "c"})
    assert found == ([("a", "c", "mapping")], (), ("b",))


def test_by_image_where_it_occurs_once_on_both_sides():
    assert joined(made(db="postgres:16"), made(database="postgres:15"))[0] == [
        ("db", "database", "image")
    ]
    assert joined(made(db="postgres:16"), made(store="registry.example/m/postgres:16"))[0] == [
        ("db", "store", "image")
    ]


def test_two_of_one_image_are_not_guessed():
    found = joined(made(a="shop:1", b="shop:1"), made(c="shop:1"))
    assert found == ([], ("a", "b"), ("c",))


def test_nothing_is_paired_by_having_no_image():
    left = side(Environment("e", "compose", (), {"services": {"a": {"build": {"context": "."}}}}))
    right = side(Environment("e", "compose", (), {"services": {"b": {"build": {"context": "."}}}}))
    assert joined(left, right) == ([], ("a",), ("b",))


NAMES = st.sampled_from(["a", "A", "b", "my_db", "my-db", "MY.DB", "c"])
IMAGES = st.sampled_from(["x:1", "r.example/x:2", "y", "postgres:16", "docker.io/library/postgres"])
SIDES = st.dictionaries(NAMES, IMAGES, max_size=6)


@given(SIDES, SIDES, st.dictionaries(NAMES, NAMES, max_size=3))
def test_every_service_is_paired_once_or_left_over(one, two, mapping):
    left, right = made(**one), made(**two)
    pairs, only_left, only_right = pair(left, right, mapping)
    assert sorted([*(p.left.name for p in pairs), *only_left]) == sorted(one)
    assert sorted([*(p.right.name for p in pairs), *only_right]) == sorted(two)


@given(SIDES)
def test_an_environment_pairs_with_itself_by_name(one):
    pairs, only_left, only_right = pair(made(**one), made(**one), {})
    assert all(p.left.name == p.right.name for p in pairs)
    assert (only_left, only_right) == ((), ())


@given(SIDES, SIDES)
def test_pairs_are_the_same_the_other_way_round(one, two):
    there, _, _ = pair(made(**one), made(**two), {})
    back, _, _ = pair(made(**two), made(**one), {})
    assert {(p.left.name, p.right.name) for p in there} == {
        (p.right.name, p.left.name) for p in back
    }


def test_names_with_something_added_are_paired_where_that_is_the_only_way():
    from parity.diff.compare import compare
    from parity.model.environment import Environment

    def names(left, right):
        ones, twos = (
            Environment(side, "compose", (), {"services": {n: {"image": "x:1"} for n in each}})
            for side, each in (("dev", left), ("prod", right))
        )
        return {(p.left.name, p.right.name) for p in compare(ones, twos).pairs}

    assert names(["web", "api"], ["prod-web", "prod-api"]) == {
        ("web", "prod-web"),
        ("api", "prod-api"),
    }
    assert names(["web-dev"], ["web"]) == {("web-dev", "web")}
    assert names(["web", "api"], ["web-admin", "web-public"]) == set()
    # `db` would fit it as well: nobody can say.
    assert names(["db", "web-db"], ["prod-web-db", "x"]) == set()
