"""Every stack of the engine as `parity ls` tells it."""

import json

import pytest

from parity.actions import ls as module
from parity.actions.ls import Counts, ls
from parity.actions.worktrees import Judgement, Standing
from parity.stack import labels


@pytest.fixture
def world(engine, monkeypatch, tmp_path):
    """An engine whose rows are added by hand; memory is a megabyte a container."""
    engine.answers["/volumes"] = {"Volumes": []}
    monkeypatch.setattr(module.stats, "memory", lambda ids: dict.fromkeys(ids, 1_000_000))
    monkeypatch.setattr(
        module,
        "judge",
        lambda tree: Judgement(Standing.GONE if "gone" in tree else Standing.HERE),
    )

    def row(name, stack, *, tree=tmp_path, role="service", fork="", **more):
        own = {labels.FORK: fork, labels.ORIGIN: stack.removesuffix(f"-{fork}")} if fork else {}
        mine = {
            labels.STACK: stack,
            labels.PROJECT: "shop",
            labels.WORKTREE: str(tree),
            labels.SERVICE: name,
            labels.ROLE: role,
            **own,
        }
        return {
            "Id": f"{stack}-{name}",
            "Names": [f"/{stack}-{name}"],
            "State": "running",
            "Status": "Up",
            "Labels": mine,
            "Created": 1_700_000_000,
            **more,
        }

    engine.row = row
    return engine


def test_an_engine_without_stacks_has_none(world):
    assert ls() == ()


def test_a_stack_is_counted_without_its_gateway_and_with_jobs_that_are_done(world):
    world.answers["/containers/json"] = [
        world.row("web", "shop-a"),
        world.row("db", "shop-a", Status="Up (healthy)"),
        world.row("job", "shop-a", State="exited", Status="Exited (0) 1 s ago"),
        world.row("bad", "shop-a", State="exited", Status="Exited (3) 1 s ago", Created=1_600_000_000),
        world.row("parity-gateway", "shop-a", role="gateway"),
    ]  # fmt: skip
    settings = {"publish": [{"listen": 20000, "protocol": "tcp", "service": "web", "port": 80}]}
    world.answers["/containers/shop-a-parity-gateway/json"] = {
        "Config": {"Env": ["PARITY_GATEWAY=" + json.dumps(settings)]}
    }
    (found,) = ls()
    assert found.services == Counts(running=2, unhealthy=0, done=1, total=4)
    assert (found.name, found.project, found.created[:4]) == ("shop-a", "shop", "2020")
    assert found.memory == 3_000_000  # of those that run, the gateway's too


def test_a_job_that_a_reset_made_again_and_need_not_run_is_done(world):
    made = world.row("job", "shop-a", State="created", Status="Created")
    made["Labels"][labels.DONE] = "4f9a"
    world.answers["/containers/json"] = [world.row("web", "shop-a"), made]
    (found,) = ls()
    assert found.services == Counts(running=1, unhealthy=0, done=1, total=2)


def test_forks_stand_with_the_stack_they_were_made_like(world):
    world.answers["/containers/json"] = [
        world.row("web", "shop-a-f1", fork="f1"),
        world.row("web", "shop-a"),
        world.row("web", "shop-a-f2", fork="f2"),
    ]
    (found,) = ls()
    assert (found.name, found.services.total, found.forks) == ("shop-a", 1, ("f1", "f2"))
    assert found.memory == 3_000_000


def test_a_stack_that_is_down_shows_by_its_data(world, tmp_path):
    mine = {labels.STACK: "shop-a", labels.WORKTREE: str(tmp_path), labels.PROJECT: "shop"}
    world.answers["/volumes"] = {
        "Volumes": [
            {"Name": "b", "Labels": mine, "CreatedAt": "2026-02-01T00:00:00Z"},
            {"Name": "a", "Labels": mine, "CreatedAt": "2026-01-01T00:00:00Z"},
        ]
    }
    (found,) = ls()
    assert (found.services.total, found.memory) == (0, None)
    assert found.created.startswith("2026-01")


def test_of_a_worktree_that_is_gone_no_branch_is_looked_for(world):
    world.answers["/containers/json"] = [world.row("web", "shop-a", tree="/gone/shop")]
    (found,) = ls()
    assert (found.there.standing, found.branch) == (Standing.GONE, "")


def test_stacks_of_a_project_stand_together_by_worktree(world):
    world.answers["/containers/json"] = [
        world.row("web", "z-shop", tree="/a"),
        world.row("web", "a-shop", tree="/b"),
    ]
    assert [one.name for one in ls()] == ["z-shop", "a-shop"]


def test_half_a_sum_is_not_told(world, monkeypatch):
    world.answers["/containers/json"] = [world.row("web", "shop-a"), world.row("db", "shop-a")]
    monkeypatch.setattr(module.stats, "memory", lambda ids: {ids[0]: 7})
    assert ls()[0].memory is None


def test_without_memory_no_container_is_asked(world, monkeypatch):
    monkeypatch.setattr(module.stats, "memory", lambda ids: pytest.fail("asked"))
    world.answers["/containers/json"] = [world.row("web", "shop-a")]
    assert ls(memory=False)[0].memory is None


def test_a_gateway_that_goes_meanwhile_answers_nowhere(world):
    world.answers["/containers/json"] = [world.row("parity-gateway", "shop-a", role="gateway")]
    assert ls()[0].addresses == ()
