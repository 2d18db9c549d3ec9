"""Parity names the culprit of documented incidents, amid the noise of real environments."""

import json
from pathlib import Path

import pytest

from parity.model.setting import Layer
from parity.rules.registry import catalogue
from scripts.lib import incidents

CATALOGUE = catalogue()
SURVEY = Path(incidents.__file__).parents[2] / ".." / "shared" / "evidence" / "incidents.jsonl"
FILES = incidents.files()
LAYERS = {
    "manifest": {"declared"},
    "image-config": {"declared", "image"},
    "image-filesystem": {"declared", "filesystem"},
    "running-inspect": {"declared", "running"},
    "in-container-probe": {"declared", "running"},
    "host-facts": {"declared", "host"},
    "database-query": {"declared", "database"},
}
"""What has to be read to see it in a place of the survey."""
NOTATIONS = ("compose", "swarm", "kubernetes", "ecs", "cloudrun")


@pytest.mark.parametrize("file", FILES, ids=[file.stem for file in FILES])
def test_the_culprit_is_among_the_first_findings(file):
    row = incidents.outcome(incidents.load(file), CATALOGUE)
    assert row.named, f"rank {row.rank} of {row.findings}"
    rule = CATALOGUE.get(row.finding.rule)
    assert not rule.generic, "named only by a rule that speaks of any difference"


@pytest.mark.parametrize("production", NOTATIONS)
def test_the_noise_alone_gives_no_finding(production):
    report = incidents.judge(*incidents.noise(production=production), CATALOGUE)
    assert [(finding.key, finding.message) for finding in report.findings] == []
    assert len(report.folded) > 20, "there is hardly any noise"


def test_the_noise_is_none_the_other_way_round():
    local, production = incidents.noise()
    assert incidents.judge(production, local, CATALOGUE).findings == ()


def test_the_noise_is_none_whatever_layers_are_read():
    local, production = incidents.noise(layers=frozenset(Layer))
    report = incidents.judge(local, production, CATALOGUE)
    assert [(finding.key, finding.message) for finding in report.findings] == []
    read = {folded.finding.layer for folded in report.folded}
    assert {Layer.RUNNING, Layer.HOST} <= read, "the layers have hardly any noise"


def test_a_culprit_is_written_as_findings_write_it():
    with pytest.raises(ValueError, match="not a path"):
        incidents.parse("services.web.[")


def test_every_incident_that_definitions_show_has_a_file():
    if not SURVEY.is_file():
        pytest.skip("the survey of incidents is not beside the repository")
    rows = [json.loads(line) for line in SURVEY.read_text().splitlines()]
    known = {row["id"]: row for row in rows}
    shown = {row["id"] for row in rows if "manifest" in row["where_visible"]}
    assert shown <= {file.stem for file in FILES}
    for file in FILES:
        row, given = known[file.stem], incidents.read(file)
        assert row["url"] in file.read_text(), file.name
        assert given["subject"] == row["subject"], file.name
        layers = set(given.get("layers", ["declared"]))
        assert any(layers >= LAYERS.get(place, {"none"}) for place in row["where_visible"]), (
            file.name
        )


def test_the_table_counts_by_subject():
    rows = [incidents.outcome(incidents.load(file), CATALOGUE) for file in FILES[:2]]
    missed = incidents.Outcome(rows[0].incident, 0, None, 4)
    lines = list(incidents.table([*rows, missed]))
    assert lines[2].startswith("! ")
    assert "not named" in lines[2]
    assert lines[-1].split() == ["all", "2", "of", "3", "66.7", "%"]
    assert incidents.percent(rows) == 100


def test_a_rank_beyond_the_third_does_not_count():
    incident = incidents.load(FILES[0])
    assert not incidents.Outcome(incident, 4, None, 9).named
    assert incidents.Outcome(incident, 3, None, 9).named


def test_a_notation_cannot_say_what_it_has_no_words_for():
    _, production = incidents.noise(production="kubernetes")
    assert all("container_name" not in service for service in production.services.values())
    assert production.services["accounts-db"]["volumes"]
    assert "networks" not in production.document


def test_an_incident_under_another_name_is_refused(tmp_path):
    file = tmp_path / "one.yaml"
    file.write_text("incident: two\n")
    with pytest.raises(ValueError, match="one.yaml"):
        incidents.load(file)


def test_the_script_prints_the_score_and_exits_by_it(capsys, monkeypatch):
    some = FILES[::25]  # each of them all has a test of its own above
    monkeypatch.setattr(incidents, "files", lambda: some)
    assert incidents.main([]) == 0
    said = capsys.readouterr().out
    assert f"of {len(some):>3}  100.0 %" in said
    assert "noise alone          0 findings" in said
    monkeypatch.setattr(incidents, "WANTED", 101)
    assert incidents.main([]) == 1
