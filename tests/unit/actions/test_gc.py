"""What `parity gc` takes, what it only tells, and what it leaves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest

from parity.actions import gc as module
from parity.actions.abandoned import Abandoned
from parity.actions.gc import gc
from parity.actions.gc_images import OldImage
from parity.actions.gc_orphans import Orphan
from parity.actions.worktrees import Judgement, Standing
from parity.model.progress import silent
from parity.model.project import Project
from parity.state import heal, marks
from parity.state.heal import Garbage


@pytest.fixture
def world(monkeypatch, tmp_path):
    made = SimpleNamespace(
        garbage=Garbage(), forks=[], keepers=[], done=[], swept=7, root=tmp_path,
        project=Project(), orphans=[], images=[],
    )  # fmt: skip
    store = SimpleNamespace(volume="parity-store", keeper="k0")
    api = SimpleNamespace(
        inspect_container=lambda name: next(attrs for one, attrs in made.keepers if one.id == name),
        remove_container=lambda name, **_: made.done.append(name),
    )
    monkeypatch.setattr(module, "connect", lambda: SimpleNamespace(api=api))
    monkeypatch.setattr(
        module, "old_images", lambda today: [one for one in made.images if one.name != today]
    )
    monkeypatch.setattr(module, "remove_image", lambda client, one: made.done.append(one.name))
    monkeypatch.setattr(module, "ensure_gateway", lambda *_: None)
    monkeypatch.setattr(module, "open_store", lambda *_: store)
    monkeypatch.setattr(marks, "stores", lambda: [{"Name": "parity-store"}, {"Name": "other"}])

    monkeypatch.setattr(
        module,
        "orphans",
        lambda names: tuple(o for o in made.orphans if not names or o.stack in names),
    )
    monkeypatch.setattr(module, "sizes", lambda stores, found: {"v": len(stores)})
    monkeypatch.setattr(
        module,
        "remove_orphan",
        lambda client, store, one, progress: one.gone and not made.done.append((one.stack, store)),
    )

    def remove(client, store, stack):
        made.done.append(stack)
        made.forks = [one for one in made.forks if one.stack != stack]

    monkeypatch.setattr(module, "abandoned", lambda: tuple(made.forks))
    monkeypatch.setattr(module.forks, "remove", remove)
    monkeypatch.setattr(heal, "look", lambda store: made.garbage)
    monkeypatch.setattr(heal, "sweep", lambda *_, **__: made.done.append("swept") or made.swept)
    monkeypatch.setattr(
        module.observe, "containers", lambda label: [one for one, _ in made.keepers]
    )
    return made


def keeper(name, *, running=True, hours=2.0, execs=None):
    began = (datetime.now(UTC) - timedelta(hours=hours)).isoformat().replace("+00:00", "123Z")
    attrs = {"State": {"Running": running, "StartedAt": began}, "ExecIDs": execs}
    return SimpleNamespace(id=name, name=f"keeper-{name}"), attrs


def kinds(result):
    return [one.kind for one in result.removed]


def test_an_orderly_engine_loses_nothing(world):
    assert gc(world.project, silent) == module.GcResult((), 0, False)
    assert world.done == []


def test_a_fork_that_shows_only_while_this_works_goes_as_well(world, monkeypatch):
    late = Abandoned("shop-y", "y", str(world.root), "was never finished")
    world.forks = [replace(late, stack="shop-x", name="x")]

    def remove(client, store, stack):
        world.done.append(stack)
        world.forks = [late] if stack == "shop-x" else []

    monkeypatch.setattr(module.forks, "remove", remove)
    assert [one.name for one in gc(world.project, silent).removed] == ["shop-x", "shop-y"]
    assert world.done == ["shop-x", "shop-y"]


def test_one_that_cannot_be_removed_is_named_once_and_does_not_hold_up(world, monkeypatch):
    world.forks = [Abandoned("shop-x", "x", str(world.root), "was never finished")]
    monkeypatch.setattr(module.forks, "remove", lambda *_: None)
    assert [one.name for one in gc(world.project, silent).removed] == ["shop-x"]


def test_what_is_nobodys_goes(world):
    folder = world.root / ".parity" / "shop-x"
    folder.mkdir(parents=True)
    world.forks = [Abandoned("shop-x", "x", str(world.root), "was never finished")]
    world.garbage = Garbage(("states/a", "live/b", "trial/c"), 2, {"c1": "helper"}, ("v1",))
    result = gc(world.project, silent)
    assert kinds(result) == [
        "fork", "unfinished state", "data", "trial", "container", "volume", "data"
    ]  # fmt: skip
    assert world.done == ["shop-x", "swept"]
    assert not folder.exists()
    assert result.freed == 7


def test_a_dry_run_tells_the_same_and_touches_nothing(world):
    world.forks = [Abandoned("shop-x", "x", str(world.root), "was never finished")]
    world.garbage = Garbage(("live/b",), 0)
    world.keepers = [keeper("k1")]
    assert kinds(gc(world.project, silent, dry_run=True)) == ["fork", "data", "keeper"]
    assert world.done == []


def test_while_others_work_the_rest_is_left(world):
    world.garbage, world.swept = Garbage(("live/b",)), None
    assert gc(world.project, silent).busy


@pytest.mark.parametrize(
    ("one", "goes"),
    [
        (keeper("k0"), False),
        (keeper("k1"), True),
        (keeper("k1", running=False, hours=0), True),
        (keeper("k1", hours=0.5), False),
        (keeper("k1", execs=["e1"]), False),
    ],
)
def test_a_keeper_goes_when_it_is_of_another_version_and_idle(world, one, goes):
    world.keepers = [one]
    gc(world.project, silent)
    assert world.done == (["keeper-k1"] if goes else [])


def test_an_old_image_goes_and_todays_stays(world):
    today = module.gateway_tag(world.project.local.gateway_base)
    world.images = [OldImage("sha256:1", "parity-gateway:1"), OldImage("sha256:2", today)]
    assert kinds(gc(world.project, silent, dry_run=True)) == ["image"]
    assert world.done == []
    assert kinds(gc(world.project, silent)) == ["image"]
    assert world.done == ["parity-gateway:1"]


GONE = Orphan("shop-a", "shop", "/gone", Judgement(Standing.GONE))
FAR = replace(GONE, stack="shop-b", there=Judgement(Standing.UNKNOWN, "the engine is far"))


def test_stacks_without_a_worktree_are_told_apart_from_those_nothing_is_known_of(world):
    assert module.left(world.project, silent) == module.Left(())
    world.orphans = [GONE, FAR, replace(GONE, stack="shop-c", busy="process 7 on lab")]
    found = module.left(world.project, silent)
    assert [one.stack for one in found.gone] == ["shop-a"]
    assert found.sizes == {"v": 1}
    assert module.left(world.project, silent, ["shop-b"]).orphans == (FAR,)


def test_those_that_went_are_told(world):
    assert module.end(world.project, [GONE, FAR], silent) == (GONE,)
    ((stack, store),) = world.done
    assert (stack, store.volume) == ("shop-a", "parity-store")


def test_an_engine_without_a_store_needs_none(world, monkeypatch):
    monkeypatch.setattr(marks, "stores", list)
    monkeypatch.setattr(module, "open_store", lambda *_: pytest.fail("opened"))
    monkeypatch.setattr(module, "ensure_gateway", lambda *_: pytest.fail("built"))
    assert gc(world.project, silent) == module.GcResult((), 0, False)
    assert module.end(world.project, [GONE], silent) == (GONE,)
