"""Forks that are nobody's, and those that are somebody's whatever it looks like."""

import json
from dataclasses import asdict, replace
from types import SimpleNamespace

import pytest

from parity.actions import abandoned as module
from parity.actions.abandoned import abandoned
from parity.paths import ProjectPaths
from parity.stack import labels
from parity.state import marks
from parity.state.leases import mine

LIVING, DEAD = mine(), replace(mine(), started=1.0)


@pytest.fixture
def world(monkeypatch, tmp_path):
    made = SimpleNamespace(containers=[], volumes=[], networks=[], root=tmp_path)
    monkeypatch.setattr(module.observe, "containers", lambda label: made.containers)
    monkeypatch.setattr(module, "_networks", lambda: made.networks)
    monkeypatch.setattr(marks, "of_forks", lambda: made.volumes)

    def fork(maker=DEAD, *, owner=None, recorded=True, gateway=True):
        own = {
            labels.STACK: "shop-x",
            labels.FORK: "x",
            labels.WORKTREE: str(tmp_path),
            labels.LEASE: maker.to_json(),
        }
        role = "gateway" if gateway else "service"
        made.containers.append(SimpleNamespace(labels=own, role=role))
        if recorded:
            file = ProjectPaths(tmp_path).stack("shop-x").fork
            file.parent.mkdir(parents=True)
            file.write_text(json.dumps({"lease": asdict(owner) if owner else None}))
        return own

    made.fork = fork
    return made


def why():
    return [one.why for one in abandoned()]


def test_one_that_a_person_made_stays(world):
    world.fork()
    assert why() == []


def test_one_that_is_being_made_stays(world):
    world.fork(LIVING, recorded=False, gateway=False)
    assert why() == []


def test_one_whose_owner_lives_stays(world):
    world.fork(LIVING, owner=LIVING)
    assert why() == []


def test_one_whose_owner_is_gone_goes(world):
    world.fork(DEAD, owner=DEAD)
    assert why() == [f"process {DEAD.pid}, which needed it, is gone"]


def test_one_that_was_never_finished_goes(world):
    world.fork(recorded=False)
    assert why() == ["was never finished"]


def test_one_that_is_half_removed_goes(world):
    world.fork(gateway=False)
    assert why() == ["was not removed to the end"]


@pytest.mark.parametrize("kind", ["volumes", "networks"])
def test_also_where_only_a_volume_or_a_network_is_left(world, kind):
    own = world.fork(recorded=False)
    world.containers.clear()
    getattr(world, kind).append({"Name": "left", "Labels": own})
    assert why() == ["was never finished"]


def test_of_a_worktree_that_is_not_here_nothing_can_be_said(world):
    own = world.fork(recorded=False)
    own[labels.WORKTREE] = "/elsewhere"
    assert why() == []
