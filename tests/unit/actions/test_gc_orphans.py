"""Stacks without a worktree: found by label, left where somebody may need them, removed as a whole."""

from types import SimpleNamespace

import pytest

from parity.actions import gc_orphans as module
from parity.actions.gc_orphans import Orphan, orphans, remove, sizes
from parity.actions.worktrees import Judgement, Standing
from parity.errors import UsageError
from parity.model.progress import silent
from parity.stack import labels
from parity.state import leases
from parity.state.lying import Lying

STANDING = {"gone": Standing.GONE, "here": Standing.HERE, "far": Standing.UNKNOWN}


@pytest.fixture
def world(engine, monkeypatch):
    """An engine to which things are added; a worktree's path says whether it is there."""
    monkeypatch.setattr(module, "judge", lambda tree: Judgement(STANDING[tree.split("/")[1]], ""))
    engine.answers |= {"/volumes": {"Volumes": []}, "/images/json": [], "/networks": []}

    def marks(stack, tree, **more):
        mine = {labels.STACK: stack, labels.WORKTREE: f"/{tree}", labels.PROJECT: "shop"}
        return mine | {getattr(labels, key.upper()): value for key, value in more.items()}

    def container(stack, tree="gone", name="web", **more):
        engine.answers["/containers/json"].append(
            {
                "Id": f"{stack}-{name}",
                "Names": [f"/{stack}-{name}"],
                "State": "running",
                "Status": "Up",
                "Labels": marks(stack, tree, **more),
            }
        )

    def volume(name, stack, tree="gone", *, device="", **more):
        engine.answers["/volumes"]["Volumes"].append(
            {"Name": name, "Labels": marks(stack, tree, **more), "Options": {"device": device}}
        )

    engine.container, engine.volume, engine.marks = container, volume, marks
    return engine


def names(found):
    return [one.stack for one in found]


def test_one_whose_worktree_is_gone_is_found_with_all_it_has(world):
    world.container("shop-a")
    world.container("shop-a", name="db")
    world.container("shop-a-f1", fork="f1", origin="shop-a")
    world.volume("shop-a_data", "shop-a", device="/x/parity-store/_data/live/1", live="live/1")
    world.answers["/networks"] = [{"Name": "shop-a-edge", "Labels": world.marks("shop-a", "gone")}]
    world.answers["/images/json"] = [
        {"RepoTags": ["parity-build/shop-a-web:local", "somebodys:1"]},
        {"RepoTags": None},
    ]
    (found,) = orphans()
    assert found.gone
    assert found.containers == ("shop-a-db", "shop-a-f1-web", "shop-a-web")
    assert (found.networks, found.volumes) == (("shop-a-edge",), ("shop-a_data",))
    assert (found.forks, found.images) == (("shop-a-f1",), ("parity-build/shop-a-web:local",))
    assert found.places == {"shop-a_data": Lying("parity-store", "live/1")}


def test_one_whose_worktree_is_there_is_none_and_its_images_are_not_asked_for(world):
    world.container("shop-a", "here")
    assert orphans() == ()
    assert not any(path.startswith("/images") for path in world.asked)


def test_one_of_which_nothing_can_be_said_is_told_and_is_not_gone(world):
    world.container("shop-a", "far")
    assert [one.gone for one in orphans()] == [False]


@pytest.mark.parametrize("tree", ["here", "far"])
def test_a_name_that_another_worktree_has_as_well_is_that_ones(world, tree):
    world.container("demo", tree)
    world.volume("demo_data", "demo", "gone")
    assert [one.gone for one in orphans()] == ([] if tree == "here" else [False])


def test_data_without_containers_is_found(world):
    world.volume("shop-a_data", "shop-a")
    assert names(orphans()) == ["shop-a"]


def test_a_fork_whose_stack_is_down_is_listed_as_that_stack(world):
    world.container("shop-a-f1", fork="f1", origin="shop-a")
    assert [(one.stack, one.forks) for one in orphans()] == [("shop-a", ("shop-a-f1",))]


def test_one_that_a_living_process_works_with_stays(world):
    world.container("shop-a")
    world.container("shop-a-f1", fork="f1", origin="shop-a", lease=leases.mine().to_json())
    (found,) = orphans()
    assert not found.gone
    assert found.busy.startswith("process ")


def test_named_ones_alone_are_meant(world):
    world.container("shop-a")
    world.container("shop-b")
    assert names(orphans(["shop-b"])) == ["shop-b"]


def test_a_name_that_is_not_there_or_whose_worktree_is_there_is_refused(world):
    world.container("shop-a", "here")
    with pytest.raises(UsageError, match="no stack shop-b"):
        orphans(["shop-b"])
    with pytest.raises(UsageError, match="the worktree of shop-a is there: /here"):
        orphans(["shop-a"])


@pytest.fixture
def done(monkeypatch):
    found = []
    monkeypatch.setattr(module.forks, "remove", lambda client, store, stack: found.append(stack))
    monkeypatch.setattr(module, "_remove_image", lambda client, image: found.append(image))
    return found


def test_forks_go_first_and_images_last(world, done):
    world.container("shop-a")
    world.container("shop-a-f1", fork="f1", origin="shop-a")
    world.answers["/images/json"] = [{"RepoTags": ["parity-build/shop-a-web:local"]}]
    (found,) = orphans()
    assert remove(SimpleNamespace(), SimpleNamespace(), found, silent)
    assert done == ["shop-a-f1", "shop-a", "parity-build/shop-a-web:local"]


def test_one_whose_worktree_came_back_while_somebody_thought_about_it_stays(world, done):
    world.container("shop-a")
    (found,) = orphans()
    world.answers["/containers/json"] = []
    world.container("shop-a", "here")
    assert not remove(SimpleNamespace(), SimpleNamespace(), found, silent)
    world.answers["/containers/json"] = []
    assert not remove(SimpleNamespace(), SimpleNamespace(), found, silent)
    assert done == []


def test_sizes_come_from_the_store_or_the_engine(monkeypatch):
    told = {"live/1": {"disk": 9, "own": 4}}
    store = SimpleNamespace(volume="parity-store", run=lambda command, paths: told)
    other = SimpleNamespace(volume="parity-pool", run=lambda *_, **__: pytest.fail("asked"))
    monkeypatch.setattr(module, "volume_sizes", lambda: {"plain": 7, "copy": 0, "somebodys": 1})
    there = Judgement(Standing.GONE)
    one = Orphan("a", "p", "/gone", there, volumes=("copy", "plain"), places={"copy": Lying("parity-store", "live/1")})  # fmt: skip
    assert sizes([store, other], [one]) == {"plain": 7, "copy": 4}
    assert sizes([], []) == {}


@pytest.mark.parametrize(("status", "raises"), [(409, False), (404, False), (500, True)])
def test_an_image_that_somebody_uses_stays(status, raises):
    from docker.errors import APIError

    from parity.errors import ParityError

    def refuse(image):
        raise APIError("no", response=SimpleNamespace(status_code=status, reason="", url=""))

    client = SimpleNamespace(api=SimpleNamespace(remove_image=refuse))
    if not raises:
        module._remove_image(client, "built:1")
        return
    with pytest.raises(ParityError):
        module._remove_image(client, "built:1")
