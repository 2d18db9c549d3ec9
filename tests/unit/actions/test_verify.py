"""What is said of a state that was looked at."""

from types import SimpleNamespace

import pytest

from parity.actions import verify as module
from parity.actions.verify import verify
from parity.model.progress import silent
from parity.model.state import SavedVolume, State
from parity.state import marks

VOLUMES = (SavedVolume("db", ("db",), 2, 9, "sha256:" + "a" * 64, "q"),)
ONE = State("1", "one", "shop", "d1", "2026", "copy", VOLUMES, engines={"db": "postgres"})
SESSION = SimpleNamespace(identity=SimpleNamespace(project="shop", name="shop-1"))


@pytest.fixture
def world(monkeypatch):
    made = SimpleNamespace(found={}, containers={"db": {}}, said=(), asked=[])

    class Store:
        def run(self, command, *, state, volumes):
            made.asked.append(volumes)
            return made.found

    def examined(*_):
        made.asked.append("engine")
        return made.said

    monkeypatch.setattr(marks, "of_project", lambda project: (ONE,))
    monkeypatch.setattr(module, "connect", lambda: None)
    monkeypatch.setattr(module, "passing", lambda session: {})
    monkeypatch.setattr(module, "data_of", lambda s: SimpleNamespace(attrs=(), volumes=()))
    monkeypatch.setattr(module, "open_store", lambda *_: (Store(), None))
    monkeypatch.setattr(module, "examinable", lambda *_: made.containers)
    monkeypatch.setattr(module, "examine_state", examined)
    return made


def only(**options):
    return verify(SESSION, "one", silent, **options)[0]


def test_a_sound_one(world):
    assert only().sound
    assert only().examined == ("db",)
    assert only().unasked == ()
    assert world.asked[0] == {"0": VOLUMES[0].digest}


def test_all_where_none_is_named(world):
    assert [one.state for one in verify(SESSION, "", silent)] == [ONE]


def test_paths_that_differ_are_named_and_no_engine_boots_on_them(world):
    world.found = {"0": {"digest": "sha256:b", "paths": ["a is new", "b: mode changed"]}}
    assert only().damages == ("volume db: a is new; b: mode changed",)
    assert "engine" not in world.asked


def test_a_digest_alone_is_told_where_no_path_is_known(world):
    world.found = {"0": {"digest": "sha256:" + "b" * 64, "paths": []}}
    assert "is not what was sealed: sha256:bbbb" in only().damages[0]


def test_a_volume_that_is_gone(world):
    world.found = {"0": {"digest": "", "paths": []}}
    assert only().damages == ("volume db is gone",)


def test_what_an_engine_finds(world):
    world.said = ("page 3 is damaged",)
    assert only().damages == ("db: page 3 is damaged",)


def test_engines_are_not_asked_where_nobody_wants_it(world):
    assert only(digests_only=True).examined == ()
    assert "engine" not in world.asked


def test_an_engine_whose_container_is_not_there_could_not_be_asked(world):
    world.containers = {}
    assert only().unasked == ("db",)
    assert only().sound
