"""Many environments, as people read them."""

from dataclasses import replace

import pytest

from parity.diff.many import Group, Matrix, Row
from parity.model.finding import Finding, NotChecked, Severity, SideInfo, Why
from parity.model.setting import Layer
from parity.report.contract import Options
from parity.report.matrix import headline, layers_sentence, write
from parity.report.text import columns


def finding(severity=Severity.ERROR, message="times differ"):
    return Finding("LO001", "locale.time-zone-differs", severity, message, "set it", "web", ())


def sides(number):
    return tuple(
        SideInfo(f"web-{n}", "docker", (), (Layer.DECLARED,), 1, 10) for n in range(number)
    )


def row(number, *, path=("environment", "TZ"), value="Europe/Berlin", **options):
    names = tuple(f"web-{n}" for n in range(number))
    groups = (Group(names[:1], value), Group(names[1:], "UTC"))
    return Row("web", path, groups, **{"finding": finding(), "between": names[:2], **options})


@pytest.fixture
def hundred():
    odd = Row("web", ("hostname",), (Group(("web-0",), "a"),), why=Why.EXPECTED, reason="by nature")
    rows = (row(100, services=("web", "worker")), row(100, path=("user",), unsaid=("web-7",)))
    return Matrix(
        sides(100),
        rows,
        (odd,),
        (NotChecked("RU001", "r", "running not read"),),
        12,
        1000,
        3,
        ("mind \x1b[31mthis",),
        "web",
    )


def text(matrix, **options):
    return write(matrix, Options(**{"width": 80, **options}))


def test_the_answer_who_stands_out_and_each_setting(hundred):
    shown = text(hundred)
    assert shown.startswith("100 containers of web differ in 2 findings: 2 errors.\n")
    assert "Stands out, in so many settings: web-0 (2).\n" in shown
    assert "services.web.environment.TZ\n  alike in worker\n     1  web-0" in shown
    assert "    99  web-1, web-2, web-3, web-4 +95" in shown
    assert "(nothing can be said)" in shown
    assert (
        "  times differ\n  fix: set it\n  LO001 locale.time-zone-differs · judged between" in shown
    )
    assert "…and 92 more: --all" in shown
    assert "Folded: 1 expected. --all lists them.\n" in shown
    assert "12 rules looked at 3 pairs; 1 rule could not look and passed nothing.\n" in shown


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("everything", [True, False])
def test_it_fits_and_drives_no_terminal(hundred, width, everything):
    shown = text(hundred, width=width, everything=everything)
    assert "\x1b" not in shown
    assert max(columns(line) for line in shown.splitlines()) <= width


def test_everything_lists_all(hundred):
    shown = text(hundred, everything=True)
    assert "web-99  docker" in shown
    assert "services.web.hostname" in shown
    assert "by nature" in shown


def test_many_rows_are_counted(hundred):
    many = replace(hundred, rows=tuple(row(3, value=str(n)) for n in range(30)))
    assert "…and 10 more: --all" in text(many)
    assert "…and 10 more: --all" not in text(many, everything=True)


def test_a_finding_about_what_is_alike_has_no_groups(hundred):
    alone = replace(hundred, rows=(Row("web", ("user",), finding=finding(Severity.INFO)),))
    assert "1 info\n\nservices.web.user\n  times differ\n" in text(alone)


def test_colours_on_request_alone(hundred):
    assert "\x1b[31;1m" in text(hundred, colour=True)


def test_names_of_few_are_said():
    few = Matrix(sides(3), (), compared=30)
    assert headline(few) == "No findings among web-0, web-1 and web-2 in 30 settings."
    assert headline(Matrix(sides(4), ())).startswith("No findings among 4 environments")
    assert layers_sentence(few).startswith("Read everywhere: definitions. Not looked at")
