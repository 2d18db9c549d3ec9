"""`parity ls`: a row a stack."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from parity.actions import ls as action
from parity.actions.addresses import Address
from parity.actions.ls import Counts, Stack
from parity.actions.worktrees import Judgement, Standing

WEB = Address("web", 80, "tcp", "127.0.0.1", 20587, "http://web.feature-x.localhost:20587")
DB = Address("db", 5432, "tcp", "127.0.0.1", 20588, "")
STACK = Stack(
    name="shop-a",
    project="shop",
    worktree="/somewhere/shop",
    there=Judgement(Standing.HERE),
    branch="feature-x",
    services=Counts(7, 0, 1, 8),
    forks=("f1", "f2"),
    created=datetime.now(UTC).isoformat(),
    memory=342_000_000,
    addresses=(DB, WEB),
)


@pytest.fixture
def there(monkeypatch):
    found = []
    monkeypatch.setattr(action, "ls", lambda *, memory: tuple(found))
    return found


def test_an_engine_without_stacks_says_how_one_is_started(cli, there):
    assert cli("ls") == (0, "", "no stack is on this engine: `parity up` starts one\n")


def test_each_is_a_row(cli, there, monkeypatch):
    monkeypatch.setenv("HOME", "/somewhere")
    down = replace(
        STACK, name="b", branch="", services=Counts(), forks=(), memory=None, addresses=()
    )
    ill = replace(STACK, name="c", services=Counts(6, 1, 0, 7), addresses=(DB,), worktree="/w")
    there += [STACK, down, ill]
    code, out, err = cli("ls")
    assert (code, err) == (0, "")
    head, first, second, third = out.splitlines()
    headings = "STACK BRANCH SERVICES FORKS MEMORY AGE ADDRESS WORKTREE"
    assert " ".join(head.split()) == headings
    assert "  7/7 up, 1 done       2      342 MB  " in first
    assert first.endswith("http://web.feature-x.localhost:20587 +1  ~/shop")
    assert second.split()[:5] == ["b", "-", "down,", "data", "kept"]
    assert "6/7 up, 1 unhealthy" in third
    assert "127.0.0.1:20588" in third


def test_what_is_wrong_with_a_worktree_stands_in_its_place(cli, there):
    unknown = Judgement(Standing.UNKNOWN, "the engine is far")
    there += [
        replace(STACK, there=Judgement(Standing.GONE), branch=""),
        replace(STACK, name="b", there=unknown, branch=""),
    ]
    _, out, err = cli("ls")
    assert "gone" in out.splitlines()[1]
    assert "cannot tell" in out.splitlines()[2]
    assert err.splitlines() == [
        "the worktree of 1 stack is gone: `parity gc` removes what they left",
        "b: cannot tell whether its worktree is there: the engine is far",
    ]


def test_json_has_all_of_it(cli, there):
    there.append(STACK)
    (tree,) = json.loads(cli("ls", "--json")[1])["stacks"]
    assert (tree["name"], tree["branch"], tree["worktree_is"]) == ("shop-a", "feature-x", "here")
    assert tree["services"] == {"running": 7, "unhealthy": 0, "done": 1, "total": 8}
    assert [one["url"] for one in tree["addresses"]] == [None, WEB.url]
