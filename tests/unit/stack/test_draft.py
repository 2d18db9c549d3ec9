"""Rewriting: what changed is listed, with production's value, and nothing else is."""

from parity.model.document import ABSENT
from parity.model.override import SECRET

WEB = {"image": "web:1", "environment": {"A": "1"}, "build": {"args": {"TOKEN": "x", "B": "y"}}}


def test_a_rewrite_changes_the_draft_and_never_production(draft):
    one = draft({"web": WEB})
    one.rewrite(("services", "web", "image"), "web@d", "pinned")
    assert one.document["services"]["web"]["image"] == "web@d"
    assert one.production.document["services"]["web"]["image"] == "web:1"
    (row,) = one.overrides
    assert (row.production, row.local, row.reason, row.asked_by) == (
        "web:1",
        "web@d",
        "pinned",
        "parity",
    )


def test_setting_what_is_so_already_is_no_override(draft):
    one = draft({"web": WEB})
    one.rewrite(("services", "web", "image"), "web:1", "nothing")
    one.rewrite(("services", "web", "ports"), ABSENT, "nothing")
    assert one.overrides == ()


def test_two_rewrites_of_one_place_are_one_override_with_both_reasons(draft):
    one = draft({"web": WEB})
    one.rewrite(("services", "web", "image"), "b", "first")
    one.rewrite(("services", "web", "image"), "c", "second", asked_by="me")
    (row,) = one.overrides
    assert (row.production, row.local, row.reason, row.asked_by) == (
        "web:1",
        "c",
        "first; second",
        "me",
    )


def test_a_rewrite_back_to_productions_value_is_no_override(draft):
    one = draft({"web": WEB})
    one.rewrite(("services", "web", "image"), "b", "first")
    one.rewrite(("services", "web", "image"), "web:1", "second")
    assert one.overrides == ()


def test_what_parity_adds_is_no_override(draft):
    one = draft({"web": WEB})
    one.add(("services", "web", "labels", "x"), "y")
    assert one.get(("services", "web", "labels")) == {"x": "y"}
    assert one.overrides == ()


def test_a_value_given_is_not_shared_with_the_draft(draft):
    one = draft({"web": WEB})
    value = {"a": [1]}
    one.rewrite(("services", "web", "labels"), value, "why")
    value["a"].append(2)
    assert one.get(("services", "web", "labels")) == {"a": [1]}


def test_removing_a_part_does_not_tell_the_secrets_that_were_in_it(draft):
    one = draft({"web": WEB})
    one.rewrite(
        ("services", "web", "build", "args", "TOKEN"), "${secret:t}", "s", production=SECRET
    )
    one.rewrite(("services", "web", "build"), ABSENT, "not rebuilt")
    (row,) = one.overrides
    assert row.production == {"args": {"TOKEN": SECRET, "B": "y"}}
    assert row.local is ABSENT


def test_a_note_does_not_replace_a_record(draft):
    one = draft({"web": WEB})
    one.rewrite(("services", "web", "image"), "b", "first")
    one.note(("services", "web", "image"), "note", production=SECRET)
    one.note(("services", "web", "environment", "A"), "note", production=SECRET)
    assert [(row.reason, row.production) for row in one.overrides] == [
        ("first", "web:1"),
        ("note", SECRET),
    ]


def test_services_can_be_rewritten_while_looking_at_them(draft):
    one = draft({"a": {"x": 1}, "b": {"x": 1}})
    for name, _ in one.services():
        one.rewrite(("services", f"{name}2"), {}, "why")
    assert list(one.document["services"]) == ["a", "b", "a2", "b2"]
