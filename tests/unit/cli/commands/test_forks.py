"""`parity forks`: a line a fork, and who needs it."""

import json
from dataclasses import replace

import pytest

from parity.actions import fork as action
from parity.model.state import Fork, Lease, State
from parity.state import marks

WHOLE = Fork("k", "shop-k", "shop", "a1", created="2026-01-01")
COMPOSE = "services: {}\n"


@pytest.fixture
def there(monkeypatch):
    """The forks there are; a1 is the state `seeded`."""
    found = []
    state = State("a1", "seeded", "shop", "sha256:0", "2026", "reflink", ())
    monkeypatch.setattr(action, "forks_of", lambda session: tuple(found))
    monkeypatch.setattr(marks, "of_project", lambda project: (state,))
    return found


def rows(out):
    head, *lines = out.splitlines()
    assert head.split()[:2] == ["FORK", "FROM"]
    return [line.split() for line in lines]


def test_each_is_told_with_what_it_began_from_and_who_needs_it(cli, project, there):
    there += [
        WHOLE,
        replace(WHOLE, name="t", stack="shop-t", lease=Lease("lab#1-2-3", 7, 1.0), paused=True),
        replace(WHOLE, name="e", stack="shop-e", state=""),
        replace(WHOLE, name="d", stack="shop-d", state="dropped"),
        replace(WHOLE, name="h", stack="shop-h", state="", created=""),
    ]
    code, out, err = cli("forks", directory=project(COMPOSE))
    assert (code, err) == (0, "")
    assert rows(out) == [
        ["k", "seeded", "2026-01-01", "you", "runs", "shop-k"],
        ["t", "seeded", "2026-01-01", "process", "7", "on", "lab", "paused", "shop-t"],
        ["e", "nothing", "2026-01-01", "you", "runs", "shop-e"],
        ["d", "dropped", "2026-01-01", "you", "runs", "shop-d"],
        ["h", "nothing", "half", "made", "you", "runs", "shop-h"],
    ]


def test_where_there_are_none_it_says_how_one_is_made(cli, project, there):
    code, out, err = cli("-p", "blue", "forks", directory=project(COMPOSE))
    assert (code, out) == (0, "")
    assert err.strip() == "blue has no forks: `parity fork` makes one"


def test_json_is_the_same_for_none_and_some(cli, project, there):
    root = project(COMPOSE)
    assert json.loads(cli("forks", "--json", directory=root)[1]) == {"schema": 1, "forks": []}
    there.append(WHOLE)
    (tree,) = json.loads(cli("forks", "--json", directory=root)[1])["forks"]
    assert (tree["name"], tree["owner"], tree["ports"]) == ("k", None, [])
