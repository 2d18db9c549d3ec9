"""What commands that print a report share."""

import pytest
from typer import Typer
from typer.testing import CliRunner

from parity.cli import reports
from parity.cli.reports import FailOn, ReportFormat
from parity.errors import UsageError
from parity.model.finding import Finding, Place, Report, Severity, SideInfo


def report(*severities):
    side = SideInfo("dev", "compose", (), (), 1, 1)
    place = Place("services.web.init", "a", "b")
    made = (Finding("DF006", "differs.in-value", s, "m", "f", "web", (place,)) for s in severities)
    return Report(side, side, tuple(made))


@pytest.mark.parametrize(
    ("severities", "fail_on", "expected"),
    [
        ((), "info", False),
        (("info",), "error", False),
        (("info",), "info", True),
        (("warning",), "error", False),
        (("warning", "error"), "error", True),
        (("error",), "never", False),
    ],
)
def test_a_run_fails_from_the_threshold_on(severities, fail_on, expected):
    assert reports.fails(report(*map(Severity, severities)), fail_on) is expected


def test_the_option_wins_over_the_configuration():
    assert reports.threshold(None, "warning") == "warning"
    assert reports.threshold(FailOn.NEVER, "warning") == "never"


@pytest.mark.parametrize("fmt", list(ReportFormat))
def test_every_format_that_the_option_offers_is_written(fmt, tmp_path):
    text = reports.render(
        report(Severity.ERROR), fmt, root=tmp_path, everything=True, fail_on="never", to_file=True
    )
    assert "services.web.init" in text
    assert "\x1b[" not in text


def test_a_report_goes_to_a_file_and_is_said_to(tmp_path, capsys):
    reports.deliver("text\n", tmp_path / "report.txt")
    assert (tmp_path / "report.txt").read_text() == "text\n"
    out, err = capsys.readouterr()
    assert out == ""
    assert "report.txt" in err
    with pytest.raises(UsageError, match="is a folder") as caught:
        reports.deliver("text\n", tmp_path)
    assert str(tmp_path / "report.html") in caught.value.next_step
    with pytest.raises(UsageError, match="no such folder"):
        reports.deliver("text\n", tmp_path / "missing" / "report.txt")


def test_a_minus_is_standard_output(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    from pathlib import Path

    reports.deliver("text\n", Path("-"))
    assert capsys.readouterr().out == "text\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("columns", "expected"), [("20", 40), ("90", 90), ("500", 120)])
def test_lines_are_as_wide_as_the_terminal_within_reason(monkeypatch, columns, expected):
    monkeypatch.setenv("COLUMNS", columns)
    assert reports.width() == expected


def test_without_a_terminal_lines_have_one_width(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    app, seen = Typer(), []
    app.command()(lambda: seen.append(reports.width()))
    CliRunner().invoke(app)
    assert seen == [100]
