"""What the commands that print a report have in common: formats, thresholds, where it goes."""

import os
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from parity.cli import output

if TYPE_CHECKING:
    from parity.diff.many import Matrix
    from parity.model.finding import Report
    from parity.report.contract import Options


class ReportFormat(StrEnum):
    """How a report is printed."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    MARKDOWN = "markdown"
    HTML = "html"


class FailOn(StrEnum):
    """Least severity that makes a command exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


ReportFormatOption = Annotated[
    ReportFormat, typer.Option("--format", help="How to print the report.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Write the report to this file."),
]
AllOption = Annotated[
    bool, typer.Option("--all", "-a", help="List what is folded, cut short or not checked, too.")
]
FailOnOption = Annotated[
    FailOn | None, typer.Option("--fail-on", help="Least severity that makes the exit code 1.")
]


def threshold(asked: FailOn | None, configured: str) -> str:
    """The severity that fails a run: the option's, else parity.toml's."""
    return asked.value if asked else configured


def fails(report: "Report | Matrix", fail_on: str) -> bool:
    """Whether a finding reaches the threshold."""
    from parity.model.finding import Severity

    if fail_on == "never":
        return False
    return any(f.severity.rank <= Severity(fail_on).rank for f in report.findings)


def render(
    report: "Report",
    fmt: ReportFormat,
    *,
    root: Path,
    everything: bool,
    fail_on: str,
    to_file: bool,
) -> str:
    """The report's text in one format."""
    from parity.report.registry import writer

    options = options_of(root, everything=everything, to_file=to_file, fail_on=fail_on)
    return writer("terminal" if fmt is ReportFormat.TEXT else fmt.value).write(report, options)


def options_of(
    root: Path, *, everything: bool, to_file: bool, fail_on: str = "warning"
) -> "Options":
    """How whatever prints a report writes it."""
    from parity.model.finding import Severity
    from parity.report.contract import Options

    return Options(
        width=width(),
        colour=not to_file and output.colours(sys.stdout),
        everything=everything,
        root=root,
        explain=_page,
        fail_on=None if fail_on == "never" else Severity(fail_on),
    )


def width() -> int:
    """Columns to write for: the terminal's, at most 120; 100 where there is none."""
    if not sys.stdout.isatty() and "COLUMNS" not in os.environ:
        return 100
    return max(40, min(shutil.get_terminal_size((100, 24)).columns, 120))


def deliver(text: str, file: Path | None) -> None:
    """Print the text, or write it to a file and say so."""
    if file is None or str(file) == "-":
        output.data(text)
        return
    from parity.errors import UsageError
    from parity.paths import write

    if file.is_dir():
        raise UsageError(
            f"{file} is a folder, and the report is one file",
            next_step=f"name a file in it, for example {file / 'report.html'}",
        )
    if not file.parent.is_dir():
        raise UsageError(f"no such folder: {file.parent}", next_step="make it, or name another")
    write(file, text)
    output.talk(f"written: {file}")


def _page(rule: str) -> str:
    from parity.rules.registry import catalogue

    found = catalogue().find(rule)
    return found.page if found else ""
