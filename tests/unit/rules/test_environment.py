"""More on EN001 to EN007 than their tables say: which side is named, and what is not said."""

from parity.model.finding import Severity


def said(report, rule):
    return [finding for finding in report.findings if finding.rule == rule]


def test_the_message_names_both_sides_and_the_text(judged):
    report = judged({}, {"environment": {"DEBUG": "False"}})
    assert [finding.rule for finding in report.findings] == ["EN001"]
    message = report.findings[0].message
    assert "`False` in production" in message
    assert "unset in local" in message


def test_a_switch_is_found_among_many_variables_and_others_are_not(judged):
    more = {f"KNOB_{i}": "off" for i in range(9)}
    report = judged({}, {"environment": {**more, "SKIP_MIGRATIONS": "false"}})
    assert [finding.setting for finding in said(report, "EN001")] == [
        "services.web.environment.SKIP_MIGRATIONS"
    ]
    assert [finding.setting for finding in said(report, "EN030")] == ["services.web.environment"]


def test_empty_ones_among_many_are_told_once(judged):
    more = {f"KNOB_{i}": "" for i in range(9)}
    report = judged({}, {"environment": more})
    assert [finding.rule for finding in report.findings] == ["EN030"]


def test_debug_in_production_is_worse_than_on_the_laptop(judged):
    laptop = judged({"environment": {"DEBUG": "1"}}, {"environment": {"DEBUG": "0"}})
    production = judged({"environment": {"DEBUG": "0"}}, {"environment": {"DEBUG": "1"}})
    assert [f.severity for f in laptop.findings] == [Severity.WARNING]
    assert [f.severity for f in production.findings] == [Severity.ERROR]


def test_a_secret_that_production_lacks_is_not_shown(judged):
    report = judged(
        {"environment": {"SMTP_PASSWORD": "correct-horse-battery"}},
        {"environment": {"SMTP_PASSWORD": ""}},
    )
    assert [finding.rule for finding in report.findings] == ["EN005"]
    assert "horse" not in str(report)


def test_a_value_with_a_secret_in_it_is_never_parsed_as_json(judged):
    report = judged(
        {"environment": {"DB": '{"url": "postgres://u:pass-one-1@db/x"}'}},
        {"environment": {"DB": '{"url": "postgres://u:pass-two-2@db/x'}},
    )
    assert said(report, "EN007") == []
    assert "pass-two" not in str(report)


def test_deeply_nested_brackets_do_no_harm(judged):
    deep = "[" * 100_000
    report = judged({"environment": {"A": '["x"]'}}, {"environment": {"A": deep + '"x"'}})
    assert report.findings
