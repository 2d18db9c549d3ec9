"""More on LO001 to LO006 than their tables say."""

import pytest

from parity.model.document import ABSENT
from parity.rules.locale import _locale, _session_zone, _zone


@pytest.mark.parametrize("name", ["UTC", "Etc/UTC", ":UTC", "GMT", "", ABSENT, "utc0"])
def test_names_of_utc(name):
    assert _zone(name) == "utc"


def test_another_zone_is_itself_whatever_its_case():
    assert _zone("Europe/Berlin") == _zone(":europe/berlin") != "utc"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("en_US.UTF-8", "en_us.utf8"),
        ("POSIX", "c"),
        ("C.UTF-8", "c.utf8"),
        (ABSENT, "c"),
        ("", "c"),
    ],
)
def test_locales(name, wanted):
    assert _locale(name) == wanted


@pytest.mark.parametrize(
    ("name", "value", "zone"),
    [
        ("PGTZ", "UTC", "UTC"),
        ("PGOPTIONS", "-c TimeZone=Europe/Berlin -c x=1", "Europe/Berlin"),
        ("DATABASE_URL", "postgres://db/x?options=-c%20timezone%3DUTC", "UTC"),
        ("NOTES", "timezone=UTC", ""),
    ],
)
def test_zones_of_sessions(name, value, zone):
    assert _session_zone(name, value) == zone


def test_the_finding_says_that_unset_is_utc(judged):
    report = judged({}, {"environment": {"TZ": "Europe/Berlin"}})
    (finding,) = report.findings
    assert "unset (UTC) in local" in finding.message
    assert finding.severity == "error"


def test_a_zone_is_told_as_it_is_written(judged):
    api = {"image": "x:1", "environment": {"TZ": "Europe/Berlin", "DB_HOST": "db"}}
    services = {"services": {"api": api, "db": {"image": "postgres:16"}}}
    other = {"services": {"api": {"image": "x:1"}, "db": {"image": "postgres:16"}}}
    (finding,) = [f for f in judged(services, other).findings if f.rule == "LO004"]
    assert "time zone UTC and `api`, which uses it, in Europe/Berlin" in finding.message
