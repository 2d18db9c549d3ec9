"""Pins: from the lock, completed by asking, or refused."""

import pytest

from parity.actions import pins
from parity.errors import FindingError, LockError
from parity.model.environment import Environment
from parity.model.lock import Pin
from parity.model.progress import silent
from parity.stack import lockfile

TOML = '[environments.prod]\nfiles = ["compose.yaml"]\n[local]\nbuild = ["mine"]\n'


def production(*images):
    services = {f"s{n}": {"image": image} for n, image in enumerate(images)}
    return Environment("prod", "compose", (), {"services": {**services, "mine": {"image": "m:1"}}})


@pytest.fixture
def asked(monkeypatch):
    calls = []

    def ask(images, progress, *, fallback):
        assert fallback
        calls.append(tuple(images))
        return {image: Pin(f"sha256:{image}", local=image.startswith("here")) for image in images}

    monkeypatch.setattr(pins, "ask", ask)
    return calls


def ensure(session, environment, *, frozen=False, record=True):
    return pins.ensure(session, environment, silent, frozen=frozen, record=record)


def test_images_are_wanted_once_in_order_and_only_by_tag(session):
    wanted = pins.wanted_images(
        session(toml=TOML), production("b:1", "a:1", "b:1", "c@sha256:x"), ["d:1"]
    )
    assert wanted == ("b:1", "a:1", "d:1")


def test_what_the_lock_knows_is_not_asked_again(session, asked):
    one = session(toml=TOML)
    first = ensure(one, production("a:1"))
    assert (first.added, asked) == (("a:1",), [("a:1",)])
    again = ensure(one, production("a:1"))
    assert (dict(again.images), again.added) == (dict(first.images), ())
    assert len(asked) == 1


def test_a_new_image_alone_is_asked_for(session, asked):
    one = session(toml=TOML)
    ensure(one, production("a:1"))
    ensure(one, production("a:1", "b:1"))
    assert asked == [("a:1",), ("b:1",)]


def test_looking_writes_nothing(session, asked):
    one = session(toml=TOML)
    ensure(one, production("a:1"), record=False)
    assert not one.paths.lock.exists()


def test_ids_of_one_engine_stay_out_of_the_lock(session, asked):
    one = session(toml=TOML)
    ensure(one, production("a:1", "here:1"))
    assert set(lockfile.read(one.paths.lock).environments["prod"].images) == {"a:1"}


def test_frozen_asks_nobody_and_says_what_does_not_fit(session, asked):
    one = session(toml=TOML)
    with pytest.raises(LockError, match="no parity.lock"):
        ensure(one, production("a:1"), frozen=True)
    ensure(one, production("a:1"))
    ensure(one, production("a:1"), frozen=True)
    with pytest.raises(FindingError, match="does not know b:1"):
        ensure(one, production("a:1", "b:1"), frozen=True)
    changed = production("a:1")
    changed.document["services"]["s0"]["command"] = ["x"]
    with pytest.raises(FindingError, match="definition changed") as caught:
        ensure(one, changed, frozen=True)
    assert caught.value.exit_code == 1
    assert len(asked) == 1


def test_nothing_to_ask_needs_no_engine():
    assert pins.ask([], silent, fallback=True) == {}
