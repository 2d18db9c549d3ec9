"""The tables of tests/cases/MY*.yaml are the main test; here is what they cannot say."""


def test_a_particular_setting_comes_before_the_others(judged):
    words = ["--max-connections=1000", "--innodb-flush-log-at-trx-commit=2"]
    sides = [{"services": {"db": {"image": "mysql:8.4", **c}}} for c in ({}, {"command": words})]
    report = judged(*sides)
    assert [finding.rule for finding in report.findings] == ["MY009"]
    assert "MY011" in {folded.finding.rule for folded in report.folded}
