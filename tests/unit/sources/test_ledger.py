import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.errors import DefinitionError
from parity.model.document import leaves
from parity.model.setting import Origin
from parity.sources.ledger import UNKNOWN_FIELD, Fate, Ledger, summary

DATA = {
    "kind": "Pod",
    "spec": {"a": "x", "b": {"c": 1, "d": [True, None]}, "e": {}, "f": None},
}


def ledger(data=None):
    return Ledger(data or DATA, name="Pod/web", origin=lambda path: Origin("f.yaml", len(path)))


def accounted(book):
    account = book.account()
    return sorted(
        (*account.taken, *account.structure, *account.lost, *account.unknown), key=repr
    ) == sorted((path for path, _ in leaves(book.data)), key=repr)


def test_what_nobody_read_is_lost_by_itself():
    book = ledger()
    assert book.root.at("spec", "a").text() == "x"
    book.root.structure("kind")
    lost = {(loss.path, loss.value, loss.reason) for loss in book.losses()}
    assert ("Pod/web:spec.b.c", "1", UNKNOWN_FIELD) in lost
    assert ("Pod/web:spec.e", "{}", UNKNOWN_FIELD) in lost
    assert not any("spec.a" in path or path.endswith("kind") for path, _, _ in lost)
    assert accounted(book)


def test_a_subtree_is_one_loss_with_its_reason():
    book = ledger()
    book.root.at("spec").lose("cannot be said")
    book.root.at("spec").lose("cannot be said")
    assert [(loss.path, loss.reason) for loss in book.losses()] == [
        ("Pod/web:spec", "cannot be said"),
        ("Pod/web:kind", UNKNOWN_FIELD),
    ]
    assert accounted(book)


def test_what_nothing_has_read_can_be_given_up_with_a_reason():
    book = ledger()
    book.root.at("spec", "b", "c").number()
    book.root.lose_unread("of no use")
    assert {(loss.path, loss.reason) for loss in book.losses()} == {
        ("Pod/web:kind", "of no use"),
        ("Pod/web:spec.a", "of no use"),
        ("Pod/web:spec.b.d", "of no use"),
        ("Pod/web:spec.e", "of no use"),
    }
    assert accounted(book)


def test_read_once_wins_over_given_up():
    book = ledger()
    node = book.root.at("spec", "a")
    node.lose("of no use to one")
    assert node.text() == "x"
    node.lose("of no use to another")
    assert book.account().taken == (("spec", "a"),)


def test_nothing_is_lost_where_nothing_is():
    book = ledger()
    book.root.at("spec", "nothing").lose("no")
    book.root.at("spec", "nothing", "deeper").structure()
    book.root.at("spec", "f").lose("null says nothing")
    assert {loss.reason for loss in book.losses()} == {UNKNOWN_FIELD}
    assert ("spec", "f") in book.account().structure


def test_a_container_that_is_empty_is_read_by_looking():
    book = ledger()
    assert list(book.root.at("spec", "e").entries()) == []
    assert ("spec", "e") in book.account().taken


def test_absent_nodes_give_their_defaults():
    nothing = ledger().root.at("spec", "x", 3, "y")
    assert not nothing
    assert (nothing.text("d"), nothing.number(7), nothing.flag(default=True)) == ("d", 7, True)
    assert (nothing.texts(), list(nothing.entries()), nothing.take()) == ([], [], None)
    assert nothing.table() is nothing


@pytest.mark.parametrize(("value", "number"), [(3, 3), ("3", 3), (3.0, 3), ("-1", -1)])
def test_numbers_are_read_in_each_form(value, number):
    assert ledger({"n": value}).root.at("n").number() == number


@pytest.mark.parametrize(
    ("read", "value"),
    [
        ("text", 5),
        ("text", True),
        ("text", ["a"]),
        ("flag", "true"),
        ("number", True),
        ("number", 1.5),
        ("number", "x"),
        ("number", "٣"),
        ("table", "x"),
        ("texts", "x"),
        ("texts", [1]),
    ],
)
def test_a_wrong_type_is_an_error_with_its_line(read, value):
    with pytest.raises(DefinitionError) as caught:
        getattr(ledger({"n": value}).root.at("n"), read)()
    assert caught.value.where.startswith("f.yaml:")
    assert "`n" in caught.value.message


def test_entries_of_a_list_are_an_error():
    with pytest.raises(DefinitionError, match="must be a table"):
        list(ledger({"n": [1]}).root.at("n").entries())


def test_without_positions_the_path_says_where():
    book = Ledger({"a": 1}, name="Pod/web")
    assert book.root.at("a").where == "Pod/web:a"
    assert book.origin(("a",)) is None


def test_losses_show_no_secret():
    assert summary(("spec", "password"), "hunter2hunter2") == "(secret)"
    assert "hunter2" not in summary(("spec",), {"url": "http://a:hunter2hunter2@h/", "b": 1})
    assert summary(("spec",), {"url": "http://h/", "b": 1}) == '{"url": "http://h/", "b": 1}'


def test_a_hidden_object_shows_no_value_at_all():
    data = {"data": {"a": "aHVudGVyMg"}, "b": "x"}
    book = Ledger(data, name="Secret/s", hidden=frozenset({"data"}))
    book.root.at("data").lose("not read")
    assert {loss.value for loss in book.losses()} == {"(secret)", "x"}
    book.root.lose("all of it")
    assert [loss.value for loss in book.losses()] == ["(secret)", "(secret)"]


def test_long_values_are_cut_and_still_tell_changes_apart():
    one, two = summary((), "x" * 500), summary((), "x" * 499 + "y")
    assert one != two
    assert len(one) < 200
    assert "\n" not in summary((), "a\nb")


@given(
    st.recursive(
        st.integers() | st.none() | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner),
    ),
    st.lists(
        st.tuples(st.lists(st.sampled_from(["a", "b", 0, 1]), max_size=3), st.sampled_from(Fate))
    ),
)
def test_each_leaf_has_exactly_one_fate(data, marks):
    book = Ledger(data)
    for path, fate in marks:
        book.mark(tuple(path), fate)
    assert accounted(book)
    assert len(book.losses()) == len(book.account().unknown)
