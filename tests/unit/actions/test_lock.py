"""parity lock: what has moved."""

import pytest

from parity.actions import lock, pins
from parity.errors import LockError, UsageError
from parity.model.lock import Pin
from parity.model.progress import silent

COMPOSE = "services: {web: {image: 'web:1'}}\n"


@pytest.fixture
def registry(monkeypatch):
    digests = {"web:1": "sha256:old"}

    def ask(images, progress, *, fallback):
        assert not fallback, "what the engine has is no answer of the registry"
        return {image: Pin(digests[image]) for image in images}

    monkeypatch.setattr(pins, "ask", ask)
    return digests


def test_a_moved_tag_is_told_and_written_only_when_asked(session, registry):
    one = session(COMPOSE)
    assert lock.lock(one, silent).changed
    assert lock.lock(one, silent, check=True).moved == ()
    registry["web:1"] = "sha256:new"
    before = one.paths.lock.read_text()
    checked = lock.lock(one, silent, check=True)
    assert [(m.image, m.locked, m.now) for m in checked.moved] == [
        ("web:1", "sha256:old", "sha256:new")
    ]
    assert one.paths.lock.read_text() == before
    assert lock.lock(one, silent).changed
    assert "sha256:new" in one.paths.lock.read_text()


def test_without_a_lock_there_is_nothing_to_check(session, registry):
    with pytest.raises(LockError, match="no parity.lock"):
        lock.lock(session(COMPOSE), silent, check=True)
    with pytest.raises(LockError, match="no parity.lock"):
        lock.frozen(session(COMPOSE))


def test_an_unknown_environment_is_told(session, registry):
    with pytest.raises(UsageError, match="no environment `stag`") as caught:
        lock.lock(session(COMPOSE), silent, name="stag")
    assert "prod" in caught.value.next_step
