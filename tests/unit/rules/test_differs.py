"""The tables of tests/cases/DF*.yaml are the main test; here is how generic rules give way."""


def test_every_difference_is_a_finding_or_folded(judged):
    local = {"environment": {"A": "1", "B": "x", "C": "true", "DB_HOST": "db"}, "user": "1"}
    production = {"environment": {"A": "2", "B": "x ", "C": "5", "DB_HOST": "d.test"}}
    report = judged(local, production)
    told = {f.setting for f in report.findings} | {f.finding.setting for f in report.folded}
    assert {difference.setting for difference in report.differences} <= told


def test_names_of_the_sides_are_told(judged, catalogue):
    from parity.rules.registry import Catalogue

    generic = Catalogue(tuple(rule for rule in catalogue.rules if rule.generic))
    (finding,) = judged({}, {"environment": {"BATCH": "5"}}, generic).findings
    assert finding.message == "`environment.BATCH` is set in production and not in local"
    assert finding.fix.startswith("set it in local too")
    (finding,) = judged({"environment": {"BATCH": "5"}}, {}, generic).findings
    assert finding.message == "`environment.BATCH` is set in local and not in production"


def test_a_generic_rule_is_silent_where_a_particular_one_speaks(judged):
    report = judged({}, {"deploy": {"replicas": 3}})
    assert [finding.rule for finding in report.findings] == ["TO001"]
    assert not [f for f in report.folded if f.finding.rule.startswith("DF")]
