"""LM001 to LM006: what the tables of cases cannot say."""

import pytest

LIMIT = {"deploy": {"resources": {"limits": {"memory": "512M"}}}}


def said(report, rule):
    return [f for f in report.findings if f.rule == rule]


def test_a_limit_can_be_copied(judged):
    (finding,) = said(judged({}, LIMIT), "LM001")
    assert "512 MiB in production and not limited in local" in finding.message
    assert finding.fix.endswith("deploy.resources.limits.memory: 512M")
    (place,) = finding.places
    assert place.left == "unset -> no limit: the host's memory"


@pytest.mark.parametrize("rule", ["LM004"])
def test_what_does_not_fit_on_both_sides_ranks_lower(judged, rule):
    body = {"environment": {"JAVA_OPTS": "-Xmx1g"}, "mem_limit": "1073741824"}
    (both,) = said(judged(body, body), rule)
    assert (both.severity, both.message.startswith("on both sides: ")) == ("warning", True)
    (one,) = said(judged({}, body), rule)
    assert (one.severity, one.message.startswith("in production: ")) == ("error", True)


def test_a_cap_and_a_limit_are_named_together(judged):
    report = judged({"environment": {"NODE_OPTIONS": "--max-old-space-size=512"}}, LIMIT)
    (finding,) = said(report, "LM005")
    assert [place.setting for place in finding.places] == [
        "services.web.environment.NODE_OPTIONS",
        "services.web.deploy.resources.limits.memory",
    ]


def test_amounts_that_are_no_numbers_are_left_alone(judged):
    report = judged({"mem_limit": "much"}, {"mem_limit": "more", "mem_reservation": "most"})
    assert [f for f in report.findings if f.rule.startswith("LM")] == []
