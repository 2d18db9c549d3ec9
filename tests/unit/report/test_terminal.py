"""What the terminal shows, and when it is silent."""

import re
from dataclasses import replace

import pytest

from parity.model.finding import Report, Severity
from parity.model.setting import Layer
from parity.report import terminal
from parity.report.contract import Options
from parity.report.text import columns

ANSI = re.compile(r"\x1b\[[\d;]*m")


def lines(report, **options):
    return terminal.write(report, Options(**options)).splitlines()


def test_the_first_line_is_the_answer(shop):
    assert lines(shop)[0] == "dev and prod differ in 8 findings: 2 errors, 4 warnings and 2 infos."


def test_the_first_25_lines_tell_a_stranger_what_differs_in_kind(shop):
    first = "\n".join(lines(shop)[:25])
    for word in (
        "Only in prod: worker",
        "Only in dev: mailhog",
        "environment",
        "images",
        "limits",
        "38 %",
    ):
        assert word in first
    assert "services.web.environment.SMTP_USER" in first, "and the worst finding"


def test_a_finding_reads_from_what_to_where(shop):
    text = terminal.write(shop, Options())
    part = text[text.index("services.db.image.tag") :].split("\n\n")[0]
    assert part.splitlines() == [
        "services.db.image.tag",
        "  Two major versions of Postgres: dumps, defaults and SQL differ.",
        "    dev   16.3",
        "    prod  14.11",
        "  fix: run the version of production: image: postgres:14.11",
        "  IM002 image.major-version-differs · compose.dev.yaml:44 · deploy/prod.yaml:51",
    ]


def test_findings_stand_by_severity(shop):
    text = terminal.write(shop, Options())
    order = [
        "2 errors",
        "SMTP_USER\n",
        "4 warnings",
        "JAVA_OPTS\n",
        "2 infos",
        "services.mailhog\n",
    ]
    places = [text.index(f"\n{word}" if word[0].isdigit() else word) for word in order]
    assert places == sorted(places)


def test_a_clean_report_is_short_and_warns(clean):
    found = lines(clean)
    assert len(found) <= 8
    assert "not looked at, so possibly different" in " ".join(found)
    assert "What differs" not in "\n".join(found)
    assert "Folded" not in "\n".join(found)


def test_a_long_list_is_cut_and_says_so(long):
    text = terminal.write(long, Options())
    assert text.count("  EN") == terminal.SHOWN
    assert "\n…and 480 more: --all\n" in text


def test_all_shows_everything(long):
    text = terminal.write(long, Options(everything=True))
    assert "--all" not in text
    assert text.count("\nservices.service-") == 500
    assert text.count("host names differ by nature (EN010)") == 250


def test_twenty_findings_are_not_cut(long):
    short = replace(long, findings=long.findings[: terminal.SHOWN])
    assert "…and" not in terminal.write(short, Options())


def test_folded_and_unchecked_are_counted_and_listed_on_request(shop):
    short, full = (terminal.write(shop, Options(everything=each)) for each in (False, True))
    assert "OPS-12" not in short
    assert "PG001" not in short
    assert "12 expected" in short
    assert "--all lists what is folded and which" in short
    assert "Folded: by waivers" in full
    assert "OPS-12: mail goes to the sandbox until the move" in full
    assert "PG001 postgres.collation-differs: reads database" in full


@pytest.mark.parametrize("width", [60, 61, 100, 200])
@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("record", ["shop", "clean", "hostile", "long"])
def test_no_line_is_wider_than_the_terminal(record, width, everything, request):
    report = request.getfixturevalue(record)
    for colour in (False, True):
        for line in lines(report, width=width, everything=everything, colour=colour):
            plain = ANSI.sub("", line)
            assert columns(plain) <= width
            assert plain.isprintable()


def test_colour_changes_nothing_but_colour(shop):
    painted = terminal.write(shop, Options(colour=True))
    assert ANSI.search(painted)
    assert ANSI.sub("", painted) == terminal.write(shop, Options())


def test_values_that_never_end_are_cut_except_with_all(shop):
    place = replace(shop.findings[0].places[0], right="x" * 5000, detail=("y",) * 50)
    found = replace(shop.findings[0], places=(place,) * 9)
    report = replace(shop, findings=(found,))
    short, full = (terminal.write(report, Options(everything=each)) for each in (False, True))
    assert "more characters)" in short
    assert "…and 44 more parts: --all" in short
    assert "…and 6 more settings: --all" in short
    assert full.replace("\n", "").replace(" ", "").count("x") > 5000 * 9


def test_files_are_named_from_the_root(shop, tmp_path):
    from parity.model.setting import Origin

    place = replace(shop.findings[0].places[0], left_origin=Origin(str(tmp_path / "a.yaml"), 4))
    report = replace(shop, findings=(replace(shop.findings[0], places=(place,)),))
    text = terminal.write(report, Options(root=tmp_path))
    assert "· a.yaml:4 ·" in text
    assert str(tmp_path) not in text


def test_notes_and_symptom_stand_before_the_findings(shop):
    report = replace(shop, notes=("prod was captured 90 days ago",), symptom="exec format error")
    text = terminal.write(report, Options())
    assert text.index("Note: prod was captured") < text.index("What differs")
    assert "No finding is known to fit the symptom “exec format error”." in text


def test_what_fits_the_symptom_comes_before_worse_things(shop):
    *others, last = shop.findings
    assert last.severity is Severity.INFO
    report = replace(
        shop, findings=(replace(last, explains=True), *others), symptom="exec format error"
    )
    text = terminal.write(report, Options(everything=True))
    assert "What fits the symptom “exec format error” comes first." in text
    assert text.index("1 finding may explain the symptom") < text.index(last.message[:30])
    assert text.index(last.message[:30]) < text.index("2 other errors")
    assert f"{last.rule} {last.name} (info)" in text


def test_one_finding_more_is_shown_instead_of_counted(shop):
    first = shop.findings[0]
    many = [replace(first, message=f"number {n}.") for n in range(terminal.SHOWN + 2)]
    shown = terminal.write(replace(shop, findings=tuple(many[:-1])), Options())
    assert f"number {terminal.SHOWN}." in shown
    counted = terminal.write(replace(shop, findings=tuple(many)), Options())
    assert "…and 2 more: --all" in counted


def test_a_report_of_nothing_is_no_clean_report(clean):
    empty = Report(
        replace(clean.left, layers=()), replace(clean.right, layers=(Layer.DECLARED,)), ()
    )
    assert lines(empty)[:2] == [
        "Nothing could be compared: no service of dev stands beside one of prod.",
        "No layer was read on both sides, so nothing can be said.",
    ]


def test_what_is_said_of_several_services_is_shown_once_and_counted_as_many(shop):
    from parity.model.finding import Place

    found = [
        replace(
            shop.findings[4],
            service=f"db{i}",
            places=(Place(f"services.db{i}.image.tag", "16", "14"),),
        )
        for i in range(25)
    ]
    text = terminal.write(replace(shop, findings=(shop.findings[0], *found)), Options())
    assert "25 warnings" in text
    assert "  alike in db1, db2" in text
    assert text.count("Two major versions") == 1
    assert "more: --all" not in text


def test_what_could_not_be_expressed_is_listed_on_request(shop):
    lost = (("Deployment/web:spec.paused", "nothing is deployed here"),)
    report = replace(shop, right=replace(shop.right, losses=1, lost=lost))
    short = terminal.write(report, Options())
    assert "spec.paused" not in short
    assert "what could not be expressed" in " ".join(short.split())
    whole = terminal.write(report, Options(everything=True))
    assert f"Not expressible: 1 field of {shop.right.name}" in whole
    assert "Deployment/web:spec.paused: nothing is deployed here" in whole


def test_what_could_not_be_expressed_is_offered_where_no_rule_looked(clean):
    lost = (("Deployment/web:spec.paused", "nothing is deployed here"),)
    report = replace(clean, checked=0, right=replace(clean.right, losses=1, lost=lost))
    assert lines(report)[-1] == "--all lists what could not be expressed."
