"""More on HE001 to HE003 than their tables say."""

CHECK = {"test": ["CMD", "curl", "-f", "http://localhost/"]}


def said(report, rule):
    return [finding for finding in report.findings if finding.rule == rule]


def test_a_check_that_is_switched_off_is_told_as_such(judged):
    (finding,) = judged({"healthcheck": CHECK}, {"healthcheck": {"disable": True}}).findings
    assert finding.rule == "HE001"
    assert "has it switched off in production" in finding.message


def test_a_missing_check_is_one_finding_whatever_it_sets(judged):
    report = judged({"healthcheck": {**CHECK, "interval": "5s", "retries": 10}}, {})
    assert [finding.rule for finding in report.findings] == ["HE001"]


def test_patience_uses_each_notations_defaults(judged):
    local = {"services": {"web": {"image": "x:1", "healthcheck": {**CHECK, "start_period": "1m"}}}}
    pod = {"services": {"web": {"image": "x:1", "healthcheck": CHECK}}, "source": "kubernetes"}
    (finding,) = said(judged(local, pod), "HE003")
    assert "150 s for a start on one side and 30 s" in finding.message
    assert finding.severity == "warning"


def test_both_tests_are_shown_short(judged):
    long = {"test": ["CMD-SHELL", "wget -qO- http://localhost:8080/" + "x" * 200]}
    (finding,) = said(judged({"healthcheck": CHECK}, {"healthcheck": long}), "HE002")
    assert "…" in finding.message
    assert len(finding.message) < 250
