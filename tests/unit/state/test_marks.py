"""A state exists when its marker does, and is found by what people call it."""

import pytest

from parity.errors import StateError
from parity.stack import labels
from parity.state import marks


@pytest.fixture
def known(volumes, state):
    """Two states of a project and one of another; the newest was marked first."""
    from types import SimpleNamespace

    asked = []
    store = SimpleNamespace(
        client=SimpleNamespace(volumes=volumes),
        asked=asked,
        run=lambda command, **told: asked.append((command, told, sorted(volumes.there))) or {},
    )
    made = [
        state("later", "bbbbbb222222", created="2026-01-02"),
        state("early", "aaaaaa111111", created="2026-01-01"),
        state("other", "cccccc333333", project="blog"),
    ]
    for one in made:
        marks.commit(store, one)
    return store


def test_a_marker_says_what_the_state_is(known, volumes, state):
    assert list(volumes.there)[0] == "parity-state-bbbbbb222222"
    found = marks.of_project("shop")
    assert [one.name for one in found] == ["early", "later"], "oldest first, and no other project's"
    assert found[1] == state("later", "bbbbbb222222", created="2026-01-02")


def test_its_manifest_is_kept_before_there_is_a_marker_and_dropped_before_that_goes(known, state):
    command, told, there = known.asked[0]
    later = state("later", "bbbbbb222222", created="2026-01-02")
    assert (command, told, there) == (
        "manifest",
        {"do": "keep", "state": later.id, "text": later.to_json()},
        [],
    )
    marks.withdraw(known, later.id)
    command, told, there = known.asked[-1]
    assert (command, told) == ("manifest", {"do": "drop", "state": later.id})
    assert marks.marker(later.id) in there
    assert later.id not in marks.ids()


def test_what_is_no_manifest_is_passed_over(known, volumes):
    mine = {labels.ROLE: "state", labels.PROJECT: "shop"}
    for number, text in enumerate(["", "{", "[]", '{"format": 99}', '{"format": 1}']):
        volumes.create(f"parity-state-{number}", labels={**mine, labels.MANIFEST: text})
    volumes.create("parity-state-bare", labels=mine)
    assert [one.name for one in marks.of_project("shop")] == ["early", "later"]


def test_a_volume_that_is_only_called_so_is_no_state(volumes):
    volumes.create("parity-state-aaaaaa111111", labels=None)
    assert marks.of_project("shop") == ()
    assert marks.sealed_places() == ()


@pytest.mark.parametrize(
    "name", ["later", "bbbbbb222222", "bbbbbb", "sha256:222222bbbbbb", "222222bb", "sha256:222222"]
)
def test_it_is_found_by_name_and_by_the_begin_of_id_or_digest(known, name):
    assert marks.find("shop", name).name == "later"


@pytest.mark.parametrize("name", ["late", "bbbbb", "222222222", "other", "cccccc333333", ""])
def test_what_is_not_there_is_refused_with_what_is(known, name):
    with pytest.raises(StateError, match=f"no state `{name}` of shop") as caught:
        marks.find("shop", name)
    assert caught.value.next_step == "there are: early, later"


def test_a_project_without_states_is_told_how_to_make_one(volumes):
    with pytest.raises(StateError) as caught:
        marks.find("shop", "seeded")
    assert "parity save seeded" in caught.value.next_step


def test_of_several_of_a_name_the_last_is_meant(known, state):
    again = state("early", "dddddd444444", created="2026-01-09")
    marks.commit(known, again)
    assert marks.find("shop", "early") == again
    assert [one.id for one in marks.named("shop", "early")] == ["aaaaaa111111", "dddddd444444"]
    assert marks.find("shop", "aaaaaa").created == "2026-01-01", "by its id the former is meant"


def test_a_name_goes_before_an_id(known, state):
    marks.commit(known, state("bbbbbb222222", "eeeeee555555"))
    assert marks.find("shop", "bbbbbb222222").id == "eeeeee555555"


def test_a_state_that_is_withdrawn_is_not_there_and_can_be_withdrawn_again(known, volumes):
    early = marks.find("shop", "early")
    marks.withdraw(known, early.id)
    assert volumes.removed == ["parity-state-aaaaaa111111"]
    assert [one.name for one in marks.of_project("shop")] == ["later"]
    marks.withdraw(known, early.id)


def test_users_are_the_volumes_made_from_it_and_readers_those_over_it(volumes):
    overlay, bound = {"type": "overlay", "o": "lowerdir=…"}, {"type": "none", "o": "bind"}
    volumes.create("s_data", driver_opts=overlay, labels={labels.FROM: "a1"})
    volumes.create("s-f_data", driver_opts=bound, labels={labels.FROM: "a1"})
    volumes.create("plain", labels={labels.FROM: "a1"})
    volumes.create("t_data", driver_opts=overlay, labels={labels.FROM: "a12"})
    volumes.create("foreign", labels=None)
    assert set(marks.users("a1")) == {"s_data", "s-f_data", "plain"}
    assert marks.readers("a1") == ("s_data",)
    assert len(marks.derived()) == 4
    assert marks.users("gone") == marks.readers("gone") == ()


def test_directories_by_volume_of_one_store_or_of_all(volumes):
    volumes.create("a", driver_opts={"device": "/one/live/1"}, labels={labels.LIVE: "live/1"})
    volumes.create("b", driver_opts={"device": "/two/live/2"}, labels={labels.LIVE: "live/2"})
    volumes.create("c", labels={labels.STACK: "s"})
    assert marks.live() == {"a": "live/1", "b": "live/2"}
    assert marks.live(lambda options: options["device"].startswith("/one/")) == {"a": "live/1"}


def test_data_is_kept_for_the_states_of_every_project(known):
    assert set(marks.sealed_places()) == {
        "states/aaaaaa111111", "states/bbbbbb222222", "states/cccccc333333"
    }  # fmt: skip
    assert marks.place("a1", 0) == "states/a1/0"
