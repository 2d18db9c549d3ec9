"""SARIF: valid against the standard's schema, with the lines of both sides."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from jsonschema import Draft4Validator

from parity.model.finding import Severity
from parity.model.setting import Origin
from parity.report import sarif
from parity.report.contract import Options

SCHEMA = Path(__file__).parent / "data" / "sarif-2.1.0.schema.json"
PAGE = "Two values look alike.\n\n## What it compares\n\nEach [variable](https://example.com)."


@pytest.fixture(scope="module")
def validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)


def run(report, **options):
    return json.loads(sarif.write(report, Options(**options)))["runs"][0]


def of_place(shop, **changes):
    place = replace(shop.findings[0].places[0], **changes)
    return replace(shop, findings=(replace(shop.findings[0], places=(place,)),))


@pytest.mark.parametrize("record", ["shop", "clean", "hostile", "long"])
@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("page", ["", PAGE])
def test_the_standards_schema_accepts_it(record, everything, page, validator, request):
    report = request.getfixturevalue(record)
    options = Options(everything=everything, explain=lambda rule: page)
    validator.validate(json.loads(sarif.write(report, options)))


def test_the_schema_would_refuse_what_is_wrong(shop, validator):
    tree = json.loads(sarif.write(shop, Options()))
    tree["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator.is_valid(tree)


def test_the_right_side_is_where_it_is_and_the_left_is_related(shop):
    result = run(shop)["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "deploy/prod.yaml", "uriBaseId": "%SRCROOT%"}
    assert place["region"] == {"startLine": 21}
    assert result["locations"][0]["logicalLocations"] == [
        {"fullyQualifiedName": "services.web.environment.SMTP_USER"}
    ]
    (related,) = result["relatedLocations"]
    assert related["physicalLocation"]["artifactLocation"]["uri"] == "compose.dev.yaml"
    assert related["physicalLocation"]["region"] == {"startLine": 14}
    assert related["message"]["text"] == "dev: services.web.environment.SMTP_USER is mailer"


def test_further_settings_are_related_on_both_sides(shop):
    related = run(shop)["results"][2]["relatedLocations"]
    assert [each["id"] for each in related] == [1, 2, 3]
    lines = [each["physicalLocation"]["region"]["startLine"] for each in related]
    assert lines == [22, 31, 38]


def test_the_left_side_stands_in_where_the_right_is_unknown(shop):
    result = run(of_place(shop, right_origin=None))["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "compose.dev.yaml"
    assert "relatedLocations" not in result


def test_without_any_line_the_right_sides_file_is_named(shop):
    result = run(of_place(shop, left_origin=None, right_origin=None))["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place == {
        "artifactLocation": {"uri": "environments/prod.json", "uriBaseId": "%SRCROOT%"}
    }


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("my app/prod #1.yaml", "my%20app/prod%20%231.yaml"),
        ("a:b.yaml", "a%3Ab.yaml"),
        ("/etc/elsewhere.yaml", "file:///etc/elsewhere.yaml"),
        ("docker://prod/web 1", "docker://prod/web%201"),
    ],
)
def test_file_names_become_addresses(shop, file, uri):
    result = run(of_place(shop, right_origin=Origin(file)))["results"][0]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri
    assert "region" not in place, "a line that is not known is not line 0"


def test_files_below_the_root_are_relative_to_it(shop, tmp_path):
    origin = Origin(str(tmp_path / "deploy" / "x.yaml"), 2)
    text = sarif.write(of_place(shop, right_origin=origin), Options(root=tmp_path))
    assert '"uri": "deploy/x.yaml"' in text
    assert str(tmp_path) not in text


@pytest.mark.parametrize(
    ("severity", "level"), [("error", "error"), ("warning", "warning"), ("info", "note")]
)
def test_severities_are_levels(shop, severity, level):
    found = replace(shop.findings[0], severity=Severity(severity))
    tree = run(replace(shop, findings=(found,)))
    assert tree["results"][0]["level"] == level


def test_each_rule_is_listed_once_with_its_page(shop):
    tree = run(shop, explain=lambda rule: f"{rule} is a rule.\n\nMore of it.")
    rules = tree["tool"]["driver"]["rules"]
    ids = [rule["id"] for rule in rules]
    assert ids == sorted(set(ids))
    for result in tree["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
    assert rules[0]["shortDescription"]["text"] == "EN001 is a rule."
    assert rules[0]["help"]["markdown"].endswith("More of it.")


def test_fingerprints_survive_other_values_and_tell_findings_apart(shop, long):
    def prints(report):
        return [r["partialFingerprints"]["parityKey/v1"] for r in run(report)["results"]]

    assert len(set(prints(long))) == 500
    before = prints(of_place(shop))
    assert prints(of_place(shop, right="other", right_origin=Origin("x", 99))) == before
    twice = replace(shop, findings=shop.findings[:1] * 2, folded=())
    assert len(set(prints(twice))) == 2


def test_waived_findings_are_suppressed_and_others_are_not(shop):
    results = run(shop)["results"]
    suppressed = [result for result in results if "suppressions" in result]
    assert len(results) == 9
    (waived,) = suppressed
    assert waived["suppressions"][0]["justification"].startswith("accepted: OPS-12")


def test_all_has_every_folded_one_with_its_reason(shop):
    results = run(shop, everything=True)["results"]
    reasons = [r["suppressions"][0]["justification"] for r in results if "suppressions" in r]
    assert len(reasons) == 16
    assert "expected: host names differ by nature" in reasons


def test_what_was_not_checked_is_told(shop, clean):
    notes = run(shop)["invocations"][0]["toolExecutionNotifications"]
    assert notes[0]["message"]["text"].startswith("Read on both sides: definitions.")
    assert notes[1]["associatedRule"] == {"id": "PG001"}
    assert len(notes) == 3
    assert len(run(clean)["invocations"][0]["toolExecutionNotifications"]) == 1


def test_a_clean_report_has_no_result_and_no_rule(clean):
    tree = run(clean)
    assert tree["results"] == []
    assert tree["tool"]["driver"]["rules"] == []


def test_a_value_never_becomes_a_link(hostile):
    text = run(hostile)["results"][0]["message"]["text"]
    assert "\\[x](javascript" in text
    assert "[x](" not in text.replace("\\[x](", "")
