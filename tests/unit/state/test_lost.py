"""A marker that somebody removed is made again; a state that was dropped stays dropped."""

from types import SimpleNamespace

import pytest

from parity.state import lost, marks


class Store:
    """A store with manifests; the second time it is asked it has `later`, where that is said."""

    def __init__(self, volumes, manifests, later=None):
        self.client = SimpleNamespace(volumes=volumes)
        self.answers = [manifests, manifests if later is None else later]
        self.asked = 0

    def run(self, command, *, do):
        assert (command, do) == ("manifest", "all")
        self.asked += 1
        return {"manifests": self.answers[min(self.asked, 2) - 1]}


@pytest.fixture
def kept(state):
    """Manifests of three states of two projects."""
    made = [state("one", "a1"), state("two", "b2"), state("other", "c3", project="blog")]
    return {one.id: one.to_json() for one in made}


def test_those_without_a_marker_exist_again_whoevers_they_are(volumes, kept, state):
    marks.mark(SimpleNamespace(volumes=volumes), state("one", "a1"))
    found = lost.found_again(Store(volumes, kept))
    assert [one.id for one in found] == ["b2", "c3"]
    assert [one.name for one in marks.of_project("shop")] == ["one", "two"]
    assert [one.name for one in marks.of_project("blog")] == ["other"]


def test_where_all_have_one_nothing_is_made(volumes, kept):
    store = Store(volumes, kept)
    lost.found_again(store)
    before = list(volumes.there)
    assert lost.found_again(Store(volumes, kept)) == ()
    assert list(volumes.there) == before
    assert volumes.removed == []


def test_one_that_is_dropped_meanwhile_stays_dropped(volumes, kept):
    left = {state: text for state, text in kept.items() if state != "b2"}
    found = lost.found_again(Store(volumes, kept, later=left))
    assert [one.id for one in found] == ["a1", "c3"]
    assert volumes.removed == ["parity-state-b2"]
    assert "b2" not in marks.ids()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}'])
def test_what_is_no_manifest_of_ours_is_passed_over(volumes, text):
    store = Store(volumes, {"a1": text})
    assert lost.found_again(store) == ()
    assert (store.asked, volumes.there) == (1, {})


def test_only_volumes_with_a_tree_are_stores(volumes):
    from parity.stack import labels

    own = {labels.ROLE: labels.STORE}
    for name in ("parity-pool", "parity-pool-image", "other"):
        volumes.create(name, labels=own)
    volumes.create("parity-store", labels=None)
    assert lost.stores() == ["parity-pool"]
    volumes.there["parity-store"]["Labels"] = own
    assert lost.stores() == ["parity-store", "parity-pool"]
