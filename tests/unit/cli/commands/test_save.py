"""`parity save`: what it hands on, and what it says."""

import json

import pytest

from parity.actions import save as action
from parity.model.state import SavedVolume, State

STATE = State(
    "a1", "seeded", "shop", "sha256:" + "0123456789" * 6, "2026", "reflink",
    (SavedVolume("data", ("db",), 3, 1_250_000, "d", "q"),),
)  # fmt: skip
COMPOSE = "services: {}\n"


@pytest.fixture
def asked(monkeypatch):
    found = []
    monkeypatch.setattr(
        action,
        "save",
        lambda session, name, progress, replace: found.append((name, replace)) or STATE,
    )
    return found


def test_it_says_what_was_sealed(cli, project, asked):
    code, out, err = cli("save", "seeded", directory=project(COMPOSE))
    assert (code, out) == (0, ""), "there is nothing to read on for a program"
    assert err.strip() == "seeded: 3 files, 1.2 MB, sha256:012345678901"
    assert asked == [("seeded", False)]


def test_replacing_is_asked_for_and_json_is_the_manifest(cli, project, asked):
    code, out, err = cli("save", "seeded", "--replace", "--json", directory=project(COMPOSE))
    tree = json.loads(out)
    assert (code, err, tree["schema"], tree["id"]) == (0, "", 1, "a1")
    assert tree["volumes"][0]["key"] == "data"
    assert asked == [("seeded", True)]


def test_its_other_name_is_the_same_and_a_name_is_needed(cli, project, asked):
    root = project(COMPOSE)
    assert cli("snapshot", "seeded", directory=root)[0] == 0
    assert asked == [("seeded", False)]
    assert cli("save", directory=root)[0] == 2
    assert "snapshot" not in cli("--help")[1]
