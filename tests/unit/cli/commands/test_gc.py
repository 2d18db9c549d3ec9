"""`parity gc`: what is told, what is asked, and what the exit code says."""

import json
from dataclasses import replace

import pytest

from parity.actions import gc as action
from parity.actions.gc import GcResult, Left, Rubbish
from parity.actions.gc_orphans import Orphan
from parity.actions.worktrees import Judgement, Standing
from parity.cli.commands import gc as command

VOLUMES = ("a_data", "a_b", "a_c", "a_d", "a_e")
GONE = Orphan(
    "shop-a", "shop", "/gone/shop", Judgement(Standing.GONE), ("shop-a-f1",), ("c1", "c2"), ("n",), VOLUMES
)  # fmt: skip
FAR = replace(GONE, stack="shop-b", there=Judgement(Standing.UNKNOWN, "the engine is far"))
BUSY = replace(GONE, stack="shop-c", busy="process 7 on lab")


@pytest.fixture
def world(monkeypatch):
    """What is on the engine, what was asked for, and what a person answers (None: nobody is there)."""

    class World:
        rubbish = GcResult((), 0, busy=False)
        orphans = ()
        ended = ()
        answer = None

    made = World()
    monkeypatch.setattr(action, "gc", lambda project, progress, *, dry_run: made.rubbish)
    monkeypatch.setattr(
        action,
        "left",
        lambda project, progress, names: Left(
            tuple(o for o in made.orphans if not names or o.stack in names), {"a_data": 7_000_000}
        ),
    )

    def end(project, which, progress):
        made.ended = [one.stack for one in which]
        return tuple(which)

    monkeypatch.setattr(action, "end", end)
    monkeypatch.setattr(command, "_terminal", lambda: made.answer is not None)
    monkeypatch.setattr(command.typer, "confirm", lambda *_, **__: made.answer)
    return made


def test_an_orderly_engine(cli, world, tmp_path):
    assert cli("gc", directory=tmp_path) == (0, "", "nothing to remove\n")


def test_rubbish_goes_unasked(cli, world, tmp_path):
    world.rubbish = GcResult((Rubbish("fork", "x", "was never finished"),), 7_000, busy=True)
    code, out, err = cli("gc", directory=tmp_path)
    assert (code, out) == (0, "fork: x, was never finished\n")
    assert err.startswith("removed; 7.0 kB freed\nother commands work on the store")


def test_a_stack_is_removed_after_a_yes(cli, world, tmp_path):
    world.orphans, world.answer = (GONE,), True
    code, out, err = cli("gc", directory=tmp_path)
    assert (code, world.ended) == (0, ["shop-a"])
    assert out.splitlines() == [
        "stack: shop-a, its worktree /gone/shop is gone",
        "  it has 2 containers, 1 network, 5 volumes, 1 fork",
        "    volume a_data, 7.0 MB",
        "    volume a_b",
        "    volume a_c",
        "    volume a_d",
        "    and 1 volume more",
    ]
    assert err == "1 stack removed; about 7.0 MB freed\n"


def test_a_no_is_no_error(cli, world, tmp_path):
    world.orphans, world.answer = (GONE,), False
    assert cli("gc", directory=tmp_path)[0] == 0
    assert world.ended == ()


def test_with_nobody_to_ask_it_is_said_and_the_code_is_1(cli, world, tmp_path):
    world.orphans = (GONE,)
    code, _, err = cli("gc", directory=tmp_path)
    assert (code, world.ended) == (1, ())
    assert err == "nobody to ask: `parity gc --yes` removes them\n"


def test_yes_asks_nobody(cli, world, tmp_path):
    world.orphans = (GONE,)
    assert cli("gc", "-y", directory=tmp_path)[0] == 0
    assert world.ended == ["shop-a"]


def test_a_dry_run_only_tells(cli, world, tmp_path):
    world.orphans, world.answer = (GONE,), True
    code, out, err = cli("gc", "--dry-run", "-y", directory=tmp_path)
    assert (code, world.ended) == (0, ())
    assert out.startswith("stack: shop-a")
    assert err == "nothing was removed: --dry-run\n"


def test_what_nothing_is_known_of_and_what_is_in_use_stays(cli, world, tmp_path):
    world.orphans = (FAR, BUSY)
    code, out, err = cli("gc", "-y", directory=tmp_path)
    assert (code, out, world.ended) == (0, "", ())
    unknown, busy = err.splitlines()
    assert unknown == (
        "shop-b: cannot tell whether its worktree is there: the engine is far. "
        "`parity gc shop-b` removes it all the same"
    )
    assert busy == "shop-c: its worktree is gone, but process 7 on lab works with it: it stays"


def test_a_named_one_goes_though_nothing_is_known_of_it(cli, world, tmp_path):
    world.orphans = (GONE, FAR, BUSY)
    code, out, _ = cli("gc", "-y", "shop-b", "shop-c", directory=tmp_path)
    assert (code, world.ended) == (0, ["shop-b"])
    assert "shop-b, its worktree /gone/shop may be there: the engine is far" in out


def test_json_says_it_all_and_never_asks(cli, world, tmp_path):
    world.orphans, world.answer = (GONE, FAR), True
    code, out, err = cli("gc", "--json", directory=tmp_path)
    tree = json.loads(out)
    assert (code, err, world.ended) == (1, "", ())
    assert [one["removed"] for one in tree["stacks"]] == [False, False]
    assert tree["stacks"][0]["volumes"]["a_data"] == 7_000_000
    assert tree["stacks"][1]["why"] == "the engine is far"
    assert (tree["schema"], tree["removed"], tree["busy"]) == (1, [], False)
    code, out, _ = cli("gc", "--json", "-y", directory=tmp_path)
    assert code == 0
    assert [one["removed"] for one in json.loads(out)["stacks"]] == [True, False]


def test_a_project_whose_configuration_is_broken_is_no_hindrance(cli, world, tmp_path):
    (tmp_path / "parity.toml").write_text("=")
    assert cli("gc", directory=tmp_path)[0] == 0
