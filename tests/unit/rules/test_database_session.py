"""What the tables of cases do not show: units, and what rules leave to each other."""

import pytest

from parity.rules.database_session import _alike


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("64MB", "65536kB"),
        ("on", "1"),
        ("TRUE", "on"),
        ("UTC", "Etc/UTC"),
        ("+00:00", "UTC"),
        ("utf8mb4", "UTF8MB4"),
        ("TRADITIONAL", "STRICT_ALL_TABLES"),
    ],
)
def test_one_setting_in_other_words(one, two):
    assert _alike(one, two)


@pytest.mark.parametrize(
    ("one", "two"), [("500", "100"), ("on", "off"), ("UTC", "Europe/Paris"), ("", "x")]
)
def test_two_settings(one, two):
    assert not _alike(one, two)


def test_a_setting_of_a_role_that_a_rule_knows_is_told_once(answered):
    left = {"engine": "postgres", "role": {"name": "a"}, "settings": {"DateStyle": "ISO, DMY"},
            "role-settings": {"a": {"*": {"DateStyle": "ISO, DMY"}}}}  # fmt: skip
    right = {"engine": "postgres", "role": {"name": "b"}, "settings": {"DateStyle": "ISO, MDY"}}
    (finding,) = answered(left, right).findings
    assert finding.rule == "DB014"
    assert len(finding.places) == 2


def test_formats_of_a_locale_are_one_finding(answered):
    left, right = (
        {"engine": "postgres", "settings": dict.fromkeys(("lc_time", "lc_numeric"), name)}
        for name in ("C", "de_DE.utf8")
    )
    assert [finding.rule for finding in answered(left, right).findings] == ["DB014"]
