"""`parity fork`: what it hands on, and how a fork is told."""

import json

import pytest

from parity.actions import fork as action
from parity.errors import StateError
from parity.model.state import Fork, Lease

PORTS = {("web", 80): 4001, ("db", 5432): 4000}
FORK = Fork("k", "shop-k", "shop", "a1", ports=PORTS, created="2026", lease=Lease("lab#1-2-3", 7, 1.0))  # fmt: skip
COMPOSE = "services: {}\n"


@pytest.fixture
def asked(monkeypatch):
    found = []

    def fork(session, **more):
        more.pop("progress")
        found.append(more)
        return (FORK,)

    monkeypatch.setattr(action, "fork", fork)
    return found


def test_ports_are_data_and_how_to_enter_is_talk(cli, project, asked):
    code, out, err = cli("fork", "k", directory=project(COMPOSE))
    assert code == 0
    assert [line.split()[:3] for line in out.splitlines()] == [
        ["k", "db", "127.0.0.1:4000"],
        ["k", "web", "127.0.0.1:4001"],
    ]
    assert err.strip() == "k: `parity -p shop-k ps` (or logs, exec), `parity down --fork k`"
    assert asked == [{"name": "k", "state": "", "count": 1, "services": (), "empty": False}]


def test_all_that_can_be_asked_for_arrives(cli, project, asked):
    root = project(COMPOSE)
    words = ("--from", "seeded", "--count", "3", "--service", "db", "--service", "web")
    assert cli("fork", *words, directory=root)[0] == 0
    assert asked[0] == {"name": "", "state": "seeded", "count": 3, "services": ["db", "web"], "empty": False}  # fmt: skip
    assert cli("fork", "--empty", directory=root)[0] == 0
    assert asked[1]["empty"]


@pytest.mark.parametrize(
    "words",
    [
        ("--count", "0"),
        ("--count", "101"),
        ("--empty", "--from", "seeded"),
        ("a", "b"),
        ("--nope",),
    ],
)
def test_a_wrong_call_makes_nothing(cli, project, asked, words):
    assert cli("fork", *words, directory=project(COMPOSE))[0] == 2
    assert asked == []


def test_json_has_addresses_and_the_owner(cli, project, asked):
    code, out, err = cli("fork", "--json", directory=project(COMPOSE))
    (tree,) = json.loads(out)["forks"]
    assert (code, err) == (0, "")
    assert tree["ports"][0] == {"service": "db", "port": 5432, "address": "127.0.0.1:4000"}
    assert tree["owner"] == {"host": "lab#1-2-3", "pid": 7}
    assert (tree["name"], tree["stack"], tree["origin"]) == ("k", "shop-k", "shop")


def test_what_cannot_be_made_is_told_with_what_to_do(cli, project, monkeypatch):
    def refuse(*_, **__):
        raise StateError("shop has no start state", next_step="`parity save NAME`")

    monkeypatch.setattr(action, "fork", refuse)
    code, out, err = cli("fork", directory=project(COMPOSE))
    assert (code, out) == (2, "")
    assert "error: shop has no start state" in err
    assert "next: `parity save NAME`" in err
