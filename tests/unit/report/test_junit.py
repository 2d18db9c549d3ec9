"""JUnit XML, as a JUnit parser reads it."""

from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
from junitparser import Error, Failure, JUnitXml, Skipped

from parity.model.finding import Severity
from parity.report import junit
from parity.report.contract import Options


def read(report, **options):
    return JUnitXml.fromstring(junit.write(report, Options(**options)).encode())


def cases(report, **options):
    return [(suite.name, case) for suite in read(report, **options) for case in suite]


def results(report, kind, **options):
    found = cases(report, **options)
    return [case for _, case in found if any(isinstance(r, kind) for r in case.result)]


@pytest.mark.parametrize("record", ["shop", "clean", "hostile", "long"])
def test_a_parser_reads_it_and_counts_what_the_file_says(record, request):
    suites = read(request.getfixturevalue(record))
    said = (suites.tests, suites.failures, suites.errors, suites.skipped)
    suites.update_statistics()
    assert (suites.tests, suites.failures, suites.errors, suites.skipped) == said


def test_findings_at_the_threshold_fail(shop):
    failures = results(shop, Failure)
    assert len(failures) == 6
    first = failures[0]
    assert first.name == (
        "EN003 services.web.environment.SMTP_USER environment.invisible-difference"
    )
    assert first.classname == "parity.dev-prod.web"
    (failure,) = first.result
    assert failure.type == "error"
    assert failure.message.startswith("The two values look alike")
    assert "  prod: mailer\\r   (deploy/prod.yaml:21)" in failure.text
    assert "fix: save the env file" in failure.text


@pytest.mark.parametrize(("severity", "number"), [("error", 2), ("warning", 6), ("info", 8)])
def test_the_threshold_decides(shop, severity, number):
    assert len(results(shop, Failure, fail_on=Severity(severity))) == number


def test_without_a_threshold_nothing_fails(shop):
    assert results(shop, Failure, fail_on=None) == []


def test_lesser_findings_pass_with_a_note(shop):
    (port,) = [case for _, case in cases(shop) if case.name.startswith("NE004")]
    assert port.is_passed
    assert port.system_out.startswith("info: Published on another port.")


def test_services_without_a_failure_pass(shop, clean):
    passed = [(suite, case.name) for suite, case in cases(shop) if case.name == "no finding fails"]
    assert passed == [("proxy", "no finding fails")]
    assert [case.name for _, case in cases(clean)] == ["settings were compared"]


def test_waived_and_unchecked_are_skipped_with_their_reason(shop):
    skipped = {case.name.split()[0]: case.result[0].message for case in results(shop, Skipped)}
    assert set(skipped) == {"EN010", "PG001", "IM007"}
    assert skipped["EN010"].startswith("waived: OPS-12")


def test_comparing_nothing_is_an_error_not_a_pass(clean):
    (case,) = results(replace(clean, pairs=0), Error)
    assert case.result[0].message.startswith("Nothing could be compared")
    assert results(clean, Error) == []


def test_a_clean_run_says_what_was_not_looked_at(clean):
    ((_, case),) = cases(clean)
    assert "not looked at, so possibly different" in case.system_out


def test_names_are_unique_where_a_rule_speaks_twice_of_a_setting(shop):
    twice = replace(shop, findings=shop.findings[:1] * 2, folded=())
    names = [case.name for case in results(twice, Failure)]
    assert names[1] == f"{names[0]} #2"


def test_dots_in_a_service_make_no_folders(shop):
    found = replace(shop.findings[0], service="my.web.app")
    (failure,) = results(replace(shop, findings=(found,)), Failure)
    assert failure.classname == "parity.dev-prod.my_web_app"


def test_characters_that_xml_forbids_are_shown(hostile):
    text = junit.write(hostile, Options())
    tree = ET.fromstring(text)
    failure = next(tree.iter("failure"))
    assert "\\x00\\x1b[31m\\x07" in failure.get("message")
    assert "<script>alert(1)</script>" in failure.text
    assert "<script>" not in text


def test_files_and_lines_are_attributes(shop):
    text = junit.write(shop, Options())
    assert 'file="deploy/prod.yaml" line="21"' in text
