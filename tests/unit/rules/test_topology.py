"""The tables of tests/cases/TO*.yaml are the main test; here is what they cannot say."""


def test_what_replicas_do_wrong_is_said_rather_than_that_there_are_several(judged):
    body = {"environment": {"AUTO_MIGRATE": "true"}}
    report = judged(body, {**body, "deploy": {"replicas": 2}})
    (finding,) = report.findings
    assert finding.rule == "TO002"
    assert finding.message.startswith("in production: 2 replicas of `web` migrate")
    assert [place.setting for place in finding.places] == [
        "services.web.deploy.replicas",
        "services.web.environment.AUTO_MIGRATE",
    ]
    assert "TO001" in {folded.finding.rule for folded in report.folded}
