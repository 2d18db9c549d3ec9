"""Findings and reports: names, order, counts."""

import pytest

from parity.model.finding import Finding, Place, Report, Severity, SideInfo


def made(severity=Severity.ERROR, *settings):
    places = tuple(Place(setting, "a", "b") for setting in settings)
    return Finding("EN003", "environment.x", severity, "It differs.", "", "web", places)


def test_severities_rank_from_the_worst():
    assert [severity.rank for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)] == [
        0,
        1,
        2,
    ]


def test_the_culprit_is_the_first_place():
    finding = made(Severity.ERROR, "services.web.environment.TZ", "services.web.image.tag")
    assert finding.setting == "services.web.environment.TZ"
    assert finding.key == "EN003 services.web.environment.TZ"


def test_a_finding_without_a_place_is_named_by_its_rule():
    assert made().setting == ""
    assert made().key == "EN003"


@pytest.mark.parametrize(("severity", "number"), [("error", 2), ("warning", 1), ("info", 0)])
def test_a_report_counts_by_severity(severity, number):
    side = SideInfo("dev", "compose", (), (), 0, 0)
    found = (made(), made(), made(Severity.WARNING))
    assert Report(side, side, found).count(Severity(severity)) == number


def test_records_cannot_be_changed():
    with pytest.raises(AttributeError):
        made().rule = "EN004"
