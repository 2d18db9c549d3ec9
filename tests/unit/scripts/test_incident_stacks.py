"""What is reproduced on the engine is described whole, and judged as it is described."""

import json
from pathlib import Path

import pytest
import yaml

from scripts.lib import incident_stacks
from scripts.lib.errors import SetupError
from scripts.lib.incident_stacks import SIDES, Said

NAMES = incident_stacks.known()
SURVEY = incident_stacks.ROOT.parent / "shared" / "evidence" / "incidents.jsonl"


@pytest.fixture
def written(tmp_path, monkeypatch):
    """`written(text)`: an incident of its own, loaded."""
    monkeypatch.setattr(incident_stacks, "FOLDER", tmp_path)

    def write(text):
        (tmp_path / "one").mkdir()
        (tmp_path / "one" / "incident.toml").write_text(text)
        return incident_stacks.load("one")

    return write


PLAIN = """
id = "one"
subject = "env"
title = "It fails"
service = "web"
command = ["true"]
fails = "prod"
right = "^fine"
wrong = "^refused"
culprit = ["services.web.environment.A"]
"""


@pytest.mark.parametrize("name", NAMES)
def test_an_incident_is_whole(name):
    incident = incident_stacks.load(name)
    assert incident.id == name
    assert incident.fails in SIDES
    assert incident.culprit
    if incident.input:
        assert (incident.folder / incident.input).is_file()
    for side in SIDES:
        document = yaml.safe_load((incident.folder / f"{side}.yaml").read_text())
        assert incident.service in document["services"]


def test_they_are_documented_ones_of_many_subjects():
    if not SURVEY.is_file():
        pytest.skip("the survey of incidents is not beside the repository")
    rows = {row["id"]: row for row in map(json.loads, SURVEY.read_text().splitlines())}
    incidents = [incident_stacks.load(name) for name in NAMES]
    assert {incident.id for incident in incidents} <= set(rows)
    assert all(rows[incident.id]["subject"] == incident.subject for incident in incidents)
    assert len(incidents) >= 25
    assert len({incident.subject for incident in incidents}) >= 10


@pytest.mark.parametrize(
    ("side", "code", "text", "fine"),
    [
        ("dev", 0, "begun\nfine", True),
        ("dev", 1, "fine", False),
        ("dev", 0, "refused", False),
        ("prod", 1, "refused", True),
        ("prod", 0, "refused", True),
        ("prod", 0, "fine\nrefused", False),
        ("prod", 1, "another error", False),
    ],
)
def test_what_counts_as_documented(written, side, code, text, fine):
    assert incident_stacks.as_documented(written(PLAIN), side, Said(code, text)) is fine


def test_the_sides_have_projects_of_their_own(written):
    incident = written(PLAIN)
    assert [incident.project(side) for side in SIDES] == ["incident-one-dev", "incident-one-prod"]
    assert incident.works() == "dev"


def test_an_unknown_incident_is_an_error_that_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(incident_stacks, "FOLDER", tmp_path)
    with pytest.raises(SetupError, match="no incident two"):
        incident_stacks.load("two")


def test_an_incident_that_lacks_something_is_an_error(written):
    with pytest.raises(SetupError, match="culprit"):
        written(PLAIN.replace("culprit", "cause"))


def test_images_of_one_incident_are_named_after_their_side(written):
    incident = written(PLAIN)
    (incident.folder / "prod.Dockerfile").write_text("FROM scratch\n")
    (image,) = incident_stacks.own_images([incident])
    assert (image.name, image.dockerfile) == ("prod.incidents.test/one", "prod.Dockerfile")


def test_all_is_taken_down_when_one_side_does_not_come_up(written, monkeypatch):
    incident = written(PLAIN)
    asked = []

    def run(words, **_):
        asked.append((words[3], words[4]))
        return Said(1 if words[4] == "up" else 0, "no such image")

    monkeypatch.setattr(incident_stacks, "_run", run)
    for side in SIDES:
        Path(incident.folder / f"{side}.yaml").touch()
    with (
        pytest.raises(SetupError, match="does not come up"),
        incident_stacks.running(None, incident),
    ):
        pytest.fail("it came up")
    assert any(verb == "up" for _, verb in asked)
    for side in SIDES:
        assert [verb for project, verb in asked if project == incident.project(side)][-1] == "down"
