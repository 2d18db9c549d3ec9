"""`parity reset`: what it hands on, and what it says."""

import json

import pytest

from parity.actions import reset as action
from parity.actions.reset import ResetResult
from parity.model.state import State

STATE = State("a1", "seeded", "shop", "sha256:0", "2026", "reflink", ())
COMPOSE = "services: {}\n"


@pytest.fixture
def asked(monkeypatch):
    """How it was called; `asked.made` are the services that were made again."""

    class Asked(list):
        made = ("cache", "db")

    found = Asked()
    monkeypatch.setattr(
        action,
        "reset",
        lambda session, name, progress, keep: (
            found.append((name, keep)) or ResetResult(STATE, found.made)
        ),
    )
    return found


def test_it_says_what_it_stands_on_and_what_was_made_again(cli, project, asked):
    code, out, err = cli("-p", "blue", "reset", "seeded", directory=project(COMPOSE))
    assert (code, out) == (0, "")
    assert err.strip() == "blue stands on seeded: cache, db made again"
    assert asked == [("seeded", False)]


def test_where_nothing_was_written_to_it_says_so(cli, project, asked):
    asked.made = ()
    _, _, err = cli("-p", "blue", "reset", directory=project(COMPOSE))
    assert err.strip() == "blue stands on seeded: nothing had changed"


def test_json_names_state_and_services(cli, project, asked):
    code, out, err = cli("reset", "--keep", "--json", directory=project(COMPOSE))
    tree = json.loads(out)
    assert (code, err, tree["state"]["name"], tree["services"]) == (
        0,
        "",
        "seeded",
        ["cache", "db"],
    )
    assert asked == [("", True)]


def test_its_other_name_is_the_same(cli, project, asked):
    assert cli("restore", "seeded", directory=project(COMPOSE))[0] == 0
    assert asked == [("seeded", False)]
    assert "restore" not in cli("--help")[1]
