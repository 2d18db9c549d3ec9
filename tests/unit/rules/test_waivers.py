"""Waivers: what is accepted, until when, and what is left over."""

from datetime import date

from parity.model.finding import Finding, Place, Severity, Why
from parity.model.project import WaiverTable
from parity.rules import waivers

TODAY = date(2026, 3, 1)


def finding(rule="DF006", setting="services.web.environment.A"):
    return Finding(rule, "", Severity.INFO, "m", "f", "web", (Place(setting, "", ""),))


def waiver(rule="DF006", setting="services.web.environment.A", **more):
    return WaiverTable(rule=rule, setting=setting, reason="wanted", **more)


def applied(catalogue, findings, given):
    return waivers.apply(findings, given, catalogue, TODAY)


def verdicts(catalogue, given, used=()):
    return [f.rule for f in waivers.verdicts(given, set(used), catalogue, TODAY)]


def test_a_waiver_folds_its_finding_with_the_reason(catalogue):
    kept, folded, used = applied(
        catalogue, [finding()], [waiver(owner="ada", expires=date(2026, 6, 1))]
    )
    assert (kept, used) == ([], {0})
    assert folded[0].why is Why.WAIVER
    assert folded[0].reason == "wanted (ada), until 2026-06-01"


def test_only_its_own_rule_and_setting(catalogue):
    others = [finding("DF005"), finding(setting="services.web.environment.AB")]
    kept, folded, used = applied(catalogue, others, [waiver()])
    assert (kept, folded, used) == (others, [], set())


def test_a_rule_by_name_and_settings_by_pattern(catalogue):
    given = [waiver("differs.in-value", "services.*.environment.A")]
    assert applied(catalogue, [finding()], given)[0] == []


def test_brackets_of_a_path_are_no_pattern(catalogue):
    setting = 'services.web.environment["a.b"]'
    assert applied(catalogue, [finding(setting=setting)], [waiver(setting=setting)])[0] == []
    other = finding(setting="services.web.environmenta")
    assert applied(catalogue, [other], [waiver(setting=setting)])[0] == [other]


def test_the_last_day_counts_and_the_next_does_not(catalogue):
    assert applied(catalogue, [finding()], [waiver(expires=TODAY)])[0] == []
    over = [waiver(expires=date(2026, 2, 28))]
    kept, folded, used = applied(catalogue, [finding()], over)
    assert (len(kept), folded, used) == (1, [], {0})
    assert verdicts(catalogue, over, used) == ["WV001"]


def test_what_matches_nothing_is_stale_and_what_names_no_rule_is_unknown(catalogue):
    assert verdicts(catalogue, [waiver()]) == ["WV002"]
    assert verdicts(catalogue, [waiver(rule="DF999")]) == ["WV003"]
    assert verdicts(catalogue, [waiver()], used=[0]) == []


def test_reason_and_date_of_a_waiver_are_no_sides(catalogue):
    (found,) = waivers.verdicts([waiver(expires=date(2026, 2, 28))], {0}, catalogue, TODAY)
    (place,) = found.places
    assert not place.sided
    assert place.detail[1] == "expires: 2026-02-28"
