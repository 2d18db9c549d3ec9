"""JSON: everything in the record, as the published schema says."""

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from parity.model.finding import Finding, NotChecked, Report, SideInfo
from parity.model.hidden import Hidden
from parity.report import json as writer
from parity.report.contract import Options

SCHEMA = Path(__file__).parents[3] / "docs" / "report.schema.json"
RECORDS = ["shop", "clean", "hostile", "long"]


def strict(tree):
    """The schema with nothing allowed that it does not name."""
    if isinstance(tree, dict):
        closed = {"additionalProperties": False} if "properties" in tree else {}
        return {**{key: strict(value) for key, value in tree.items()}, **closed}
    return [strict(item) for item in tree] if isinstance(tree, list) else tree


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(strict(schema))


def read(report, **options):
    return json.loads(writer.write(report, Options(**options)))


@pytest.mark.parametrize("record", RECORDS)
def test_the_output_is_what_the_published_schema_says(record, validator, request):
    validator.validate(read(request.getfixturevalue(record)))


def test_the_schema_refuses_another_version_and_a_missing_field(shop, validator):
    tree = read(shop)
    assert not validator.is_valid({**tree, "schema": "parity.report/2"})
    assert not validator.is_valid({key: tree[key] for key in tree if key != "findings"})
    tree["findings"][0]["severity"] = "fatal"
    assert not validator.is_valid(tree)


def test_every_field_of_the_record_is_there(shop):
    tree = read(shop)
    assert {field.name for field in fields(Report)} <= {*tree, *tree["summary"]}
    assert {field.name for field in fields(SideInfo)} == set(tree["left"])
    assert {field.name for field in fields(Finding)} <= set(tree["findings"][0])
    assert {field.name for field in fields(NotChecked)} == set(tree["not_checked"][0])


def test_nothing_is_left_out_however_long(long):
    tree = read(long)
    assert len(tree["findings"]) == 500
    assert len(tree["folded"]) == 250
    assert tree == read(long, everything=True, width=40, colour=True)


def test_findings_keep_their_rank_and_name_their_places(shop):
    first = read(shop)["findings"][0]
    assert first["key"] == "EN003 services.web.environment.SMTP_USER"
    assert first["places"][0]["left_origin"] == {"file": "compose.dev.yaml", "line": 14}
    assert first["places"][0]["right"] == "mailer\\r"
    assert [f["rule"] for f in read(shop)["findings"]] == [f.rule for f in shop.findings]


def test_an_unknown_origin_is_null(shop):
    place = replace(shop.findings[0].places[0], left_origin=None)
    report = replace(shop, findings=(replace(shop.findings[0], places=(place,)),))
    assert read(report)["findings"][0]["places"][0]["left_origin"] is None


def test_texts_come_back_as_they_were(hostile):
    tree = read(hostile)
    assert tree["findings"][0]["message"] == hostile.findings[0].message
    assert tree["symptom"] == hostile.symptom


def test_a_secret_among_the_facts_stays_a_shape(clean):
    tree = read(replace(clean, facts={"token": Hidden("hex", 32), "a": 1}))
    assert tree["facts"] == {"a": 1, "token": "(secret: 32 hex)"}
    assert list(tree["facts"]) == ["a", "token"]
