"""The tables of tests/cases/RQ*.yaml are the main test; here is what they cannot say."""


def queue(text):
    body = {
        "image": "rabbitmq:3.13",
        "configs": [{"source": "c", "target": "/etc/rabbitmq/rabbitmq.conf"}],
    }
    return {"services": {"queue": body}, "configs": {"c": {"content": text}}}


def test_the_weightier_setting_of_a_file_speaks(judged):
    report = judged(queue("heartbeat = 60\n"), queue("heartbeat = 10\nconsumer_timeout = 900000\n"))
    assert [finding.rule for finding in report.findings] == ["RQ001"]
    assert "RQ005" in {folded.finding.rule for folded in report.folded}
