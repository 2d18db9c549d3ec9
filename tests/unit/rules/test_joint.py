"""The tables of tests/cases/JT*.yaml are the main test; here is what they cannot say."""


def stack(replicas):
    web = {
        "image": "a:1",
        "environment": {"DATABASE_URL": "postgres://db/x", "DB_POOL": "10"},
        "deploy": {"replicas": replicas},
    }
    return {"services": {"web": web, "db": {"image": "postgres:16"}}}


def test_the_sum_is_told(judged):
    found = {f.rule: f for f in judged(stack(2), stack(10)).findings}["JT001"]
    assert found.message == (
        "in production: clients of `db` may open 100 connections, and it accepts 97"
    )
    assert found.severity == "error"


def test_what_does_not_fit_on_both_sides_ranks_lower(judged):
    found = {f.rule: f for f in judged(stack(10), stack(10)).findings}["JT001"]
    assert found.message.startswith("on both sides: ")
    assert found.severity == "warning"


def test_milliseconds_of_a_shutdown_are_told_from_seconds(judged):
    report = judged({}, {"environment": {"SHUTDOWN_TIMEOUT": "5000"}})
    assert "JT002" not in {finding.rule for finding in report.findings}
    report = judged({}, {"environment": {"SHUTDOWN_TIMEOUT": "30000"}})
    assert "JT002" in {finding.rule for finding in report.findings}
