"""Findings on the lock and on overrides say what to do, and carry their own id."""

from parity.model.finding import Severity
from parity.model.project import OverrideTable
from parity.model.setting import Origin
from parity.rules import checks
from parity.rules.registry import catalogue

ORIGIN = Origin("parity.toml", 7)


def test_each_has_its_id_and_a_page():
    override = OverrideTable("services.web.environment.A", "because")
    made = [
        checks.lock_stale("it changed", "parity lock", ORIGIN),
        checks.lock_missing("there is none", "parity lock", ORIGIN),
        checks.override_without_reason(override, ORIGIN),
        checks.override_stale(override, ORIGIN),
    ]
    assert [finding.rule for finding in made] == ["CK001", "CK002", "CK003", "CK004"]
    for finding in made:
        assert catalogue().get(finding.rule).page
        assert finding.fix
        assert finding.places[0].right_origin == ORIGIN


def test_a_stale_lock_is_worse_than_none():
    stale = checks.lock_stale("it changed", "parity lock", None)
    missing = checks.lock_missing("there is none", "parity lock", None)
    assert (stale.severity, missing.severity) == (Severity.ERROR, Severity.WARNING)
    assert "it changed" in stale.message
