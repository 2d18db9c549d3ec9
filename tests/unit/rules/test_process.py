"""More on PR001 to PR007 than their tables say."""

import pytest

from parity.rules.process import _seconds, _signal


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("15", "SIGTERM"),
        ("TERM", "SIGTERM"),
        ("sigint", "SIGINT"),
        ("34", "34"),
        ("RTMIN+3", "SIGRTMIN+3"),
    ],
)
def test_signals(written, wanted):
    assert _signal(written) == wanted


def test_seconds_of_a_default_are_read_from_its_words():
    assert _seconds("x", "30 s (Kubernetes default)") == 30
    assert _seconds(45.0, "") == 45
    assert _seconds("x", "") == 10


def test_a_terminal_and_an_open_input_are_one_finding(judged):
    report = judged({"tty": True, "stdin_open": True}, {})
    (finding,) = report.findings
    assert [place.setting for place in finding.places] == [
        "services.web.tty",
        "services.web.stdin_open",
    ]


def test_another_notations_time_to_stop_is_its_default(judged):
    pod = {"services": {"web": {"image": "x:1"}}, "source": "kubernetes"}
    same = {"services": {"web": {"image": "x:1", "stop_grace_period": "30s"}}}
    longer = {"services": {"web": {"image": "x:1", "stop_grace_period": "50s"}}}
    assert judged(same, pod).findings == ()
    (finding,) = judged(longer, pod).findings
    assert "30 s (Kubernetes default) to stop in production and 50 s in local" in finding.message
    assert finding.severity == "warning"


def test_a_pod_is_not_told_to_write_unless_stopped(judged):
    production = {
        "source": "kubernetes",
        "services": {"web": {"image": "x:1", "restart": "always"}},
    }
    (finding,) = [f for f in judged({}, production).findings if f.rule == "PR001"]
    assert finding.fix == "in local: restart: unless-stopped; a job is restarted on neither side"
