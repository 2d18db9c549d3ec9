"""What `down` says of forks: they stay, and are named."""

from contextlib import nullcontext
from types import SimpleNamespace

import pytest

from parity.actions import down as module
from parity.actions.down import down
from parity.actions.session import Session
from parity.model.progress import silent
from parity.model.project import Project
from parity.model.stack import Identity
from parity.paths import ProjectPaths
from parity.stack import labels


@pytest.fixture
def session(tmp_path):
    return Session(ProjectPaths(tmp_path), Project(), Identity("shop", "shop", str(tmp_path)))


@pytest.fixture
def engine(monkeypatch):
    """An engine that holds nothing but what `forks` names; all that is removed is written down."""
    told = SimpleNamespace(forks=[], removed=[])

    def listed(*wanted):
        assert wanted == (f"{labels.ORIGIN}=shop",)
        return tuple(SimpleNamespace(labels={labels.FORK: name}) for name in told.forks)

    def removing(name, answer):
        def remove(client, stack, *more):
            told.removed.append((name, stack))
            return answer

        return remove

    monkeypatch.setattr(module, "connect", SimpleNamespace)
    monkeypatch.setattr(module, "mutex", lambda *_: nullcontext())
    monkeypatch.setattr(module.observe, "of_stack", lambda _: ())
    monkeypatch.setattr(module.observe, "containers", listed)
    monkeypatch.setattr(module.marks, "volumes_of", lambda _: [])
    for name in ("remove_containers", "remove_networks", "remove_volumes"):
        monkeypatch.setattr(module.execute, name, removing(name, ()))
    return told


@pytest.mark.parametrize("volumes", [False, True])
def test_forks_are_named_once_each_and_nothing_of_them_is_removed(session, engine, volumes):
    engine.forks = ["try", "a", "try", "a"]
    done = down(session, silent, volumes=volumes)
    assert done.forks == ("a", "try")
    assert {stack for _, stack in engine.removed} == {"shop"}


def test_without_forks_there_is_nothing_to_say(session, engine):
    assert down(session, silent).forks == ()
    assert ("remove_volumes", "shop") not in engine.removed
