"""docs/errors.md: the error tree, what each exit code means, and every message with its next step."""

from __future__ import annotations

from collections.abc import Iterator

from parity.errors import ParityError
from scripts.lib.docs_text import code, page, table
from scripts.lib.error_sites import OPEN, Site, sites
from scripts.lib.paths import ROOT

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
    lines += ["", "## What is said", ""]
    lines += [
        "Every message with its next step, by class. Words in capitals, and `…`, are filled in."
    ]
    lines += ["[Troubleshooting](troubleshooting.md) has the ones that people meet, in full.", ""]
    found = sites(ROOT / "parity")
    lines += [line for error in _tree(ParityError) for line in _messages(error, found)]
    return page(lines, source="parity/errors.py and every module that raises one")


def _messages(error: type[ParityError], found: list[Site]) -> list[str]:
    """The messages of one class; those that are put together elsewhere say nothing here."""
    mine = [site for site in found if site.name == error.__name__]
    rows = {(_cell(site.message), _cell(site.next_step or "")) for site in mine if _says(site)}
    if not rows:
        return []
    title = f"### {error.__name__}: exit code {error.exit_code}"
    return [
        title,
        "",
        *table(["What happened", "Next"], sorted(rows, key=lambda row: (_first(row[0]), *row))),
        "",
    ]


def _says(site: Site) -> bool:
    # Without a next step it is a reason that stands in another message.
    return site.next_step is not None and any(map(str.isalpha, site.message.replace(OPEN, "")))


def _cell(text: str) -> str:
    """Text in which no word is taken for a tag or for emphasis."""
    parts = text.split("`")
    for i in range(0, len(parts), 2):
        for mark in "*_<[":
            parts[i] = parts[i].replace(mark, f"\\{mark}")
    return "`".join(parts)


def _first(text: str) -> str:
    """What is sorted by: the first letter or digit."""
    return text.lstrip("`…-_\\[ ").lower()


def _tree(error: type[ParityError]) -> Iterator[type[ParityError]]:
    yield error
    for child in error.__subclasses__():
        yield from _tree(child)


def _rows(error: type[ParityError], depth: int) -> Iterator[tuple[str, str, str]]:
    meaning = " ".join((error.__doc__ or "").split())
    yield "&emsp;" * depth + code(error.__name__), str(error.exit_code), meaning
    for child in error.__subclasses__():
        yield from _rows(child, depth + 1)
