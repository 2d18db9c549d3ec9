"""More on EN021 to EN023 than their tables say."""

import pytest

from parity.rules.environment_modes import mode


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ("dev", "development"),
        ("config.settings.production", "production"),
        ("default,prod", "production"),
        ("PRODUCTION", "production"),
        ("uat", "staging"),
        ("docker", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_modes(value, wanted):
    assert mode(value) == wanted


def test_the_fix_of_a_mode_is_productions(judged):
    report = judged({"environment": {"APP_ENV": "dev"}}, {"environment": {"APP_ENV": "prod"}})
    assert report.findings[0].fix == "APP_ENV: prod on both sides"
    assert "`dev` in local and `prod` in production" in report.findings[0].message


def test_unset_is_no_value(judged):
    report = judged({}, {"environment": {"NODE_ENV": "production"}})
    assert "unset in local" in report.findings[0].message
    assert "`unset`" not in report.findings[0].message


def test_all_late_variables_of_a_service_are_one_finding(judged):
    late = {f"NEXT_PUBLIC_{name}": "x" for name in ("A", "B", "C", "D")}
    report = judged({"command": ["next", "dev"], "environment": late}, {"environment": late})
    (finding,) = [f for f in report.findings if f.rule == "EN023"]
    assert len(finding.places) == 4
    assert "and others" in finding.message
    assert finding.severity == "error"
