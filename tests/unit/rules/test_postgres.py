"""The tables of tests/cases/PG*.yaml are the main test; here is what they cannot say."""


def database(**body):
    return {"services": {"db": {"image": "postgres:16", **body}}}


def test_values_and_defaults_stand_in_the_message(judged):
    told = ["postgres", "-c", "max_connections=500"]
    (finding,) = judged(database(), database(command=told)).findings
    assert finding.rule == "PG001"
    assert finding.message == (
        "Postgres accepts 100 (default) connections on one side and 500 on the other"
    )
    assert "max_connections" in finding.fix


def test_a_silent_difference_of_one_command_comes_before_a_loud_one(judged):
    told = ["postgres", "-c", "max_connections=500", "-c", "timezone=Europe/Rome"]
    report = judged(database(), database(command=told))
    assert [finding.rule for finding in report.findings] == ["PG003"]
    assert "PG001" in {folded.finding.rule for folded in report.folded}


def test_a_password_in_a_command_is_in_no_message(judged):
    url = "postgres://u:Kp2mVx81qLw0@db/x?options=-c%20search_path%3Da"
    report = judged({"environment": {}}, {"environment": {"DATABASE_URL": url}})
    (finding,) = report.findings
    assert finding.rule == "PG009"
    assert "Kp2mVx81qLw0" not in repr(report)
