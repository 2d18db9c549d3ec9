"""More on LG001 to LG004 than their tables say."""


def rules(report):
    return [finding.rule for finding in report.findings]


def test_a_driver_and_its_rotation_are_one_finding(judged):
    report = judged(
        {"logging": {"driver": "json-file", "options": {"max-size": "10m"}}},
        {"logging": {"driver": "syslog", "options": {"syslog-address": "udp://10.0.0.1:514"}}},
    )
    assert rules(report)[0] == "LG001"
    assert "LG002" not in rules(report)


def test_an_echo_is_a_switch(judged):
    def report(value):
        return judged({}, {"environment": {"SQLALCHEMY_ECHO": value}})

    assert "LG003" in rules(report("1"))
    assert "LG003" not in rules(report("0"))


def test_levels_that_differ_as_they_may_are_no_finding(judged):
    report = judged({"environment": {"LOG_LEVEL": "debug"}}, {"environment": {"LOG_LEVEL": "warn"}})
    assert report.findings == ()
