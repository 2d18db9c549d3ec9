"""SE009 to SE012: what the tables of cases cannot say."""


def test_the_two_forms_are_one_finding(judged):
    report = judged(
        {"environment": {"DB_PASSWORD": "x"}},
        {"environment": {"DB_PASSWORD_FILE": "/run/secrets/a"}},
    )
    mine = [f for f in report.findings if f.rule == "SE009"]
    assert len(mine) == 1
    assert "DB_PASSWORD` is read from a file in production" in mine[0].message
    assert not [f for f in report.findings if f.rule.startswith("DF")]
