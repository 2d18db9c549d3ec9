"""docs/errors.md: the error tree, and what each exit code means."""

from __future__ import annotations

from collections.abc import Iterator

from parity.errors import ParityError
from scripts.lib.docs_text import code, page, table

CODES = (
    ("0", "In order: it was done, or nothing was found."),
    ("1", "parity looked, and what it found is not in order."),
    ("2", "The call, the configuration or the definition is wrong: you can mend it."),
    ("3", "The engine, a registry or Docker Compose is out of reach: nothing can be said."),
    ("4", "A bug in parity. The message names a file with the details to report."),
    ("130", "Interrupted (Ctrl-C). The next `parity up` or `parity down` puts things right."),
    ("141", "Whatever read the output closed it early, as `head` does."),
)


def error_page() -> str:
    """docs/errors.md."""
    lines = ["# Errors and exit codes", "", *table(["Code", "Meaning"], CODES), ""]
    lines += ["What could not be measured is never 0 and never 1.", "", "## How an error reads", ""]
    lines += ["On standard error, each line where it applies:", "", "```text"]
    lines += ["error: what happened", "   at: the file and line, or the service"]
    lines += ["   | evidence: the last answer of a check, the last log lines"]
    lines += [" next: what to do", "```", "", "## The classes", ""]
    lines += ["For those who call parity from Python; all are in `parity.errors`.", ""]
    lines += table(["Class", "Exit code", "Meaning"], _rows(ParityError, 0))
    return page(lines, source="parity/errors.py")


def _rows(error: type[ParityError], depth: int) -> Iterator[tuple[str, str, str]]:
    meaning = " ".join((error.__doc__ or "").split())
    yield "&emsp;" * depth + code(error.__name__), str(error.exit_code), meaning
    for child in error.__subclasses__():
        yield from _rows(child, depth + 1)
