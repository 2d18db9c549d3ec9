"""What a writer is: one module or folder of this package, found by walking it.

A writer has these names, and nothing else of it is called from outside:

`FORMAT: str`
    The word after `--format`, and the name of the module.
`SUFFIX: str`
    What its files end in, dot included.
`def write(report: Report, options: Options) -> str`
    The whole output. Pure: it reads nothing, prints nothing, and gives the same text for the same
    record. The text can be encoded as UTF-8 whatever the record holds, and ends in a newline.

Values come from `Place.left`, `Place.right` and `Place.detail` only: secrets are shapes there. The
values in `Report.differences` are for rules, never for output.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from parity.model.finding import Report, Severity


def no_page(rule: str) -> str:
    """For callers that have no rule pages at hand."""
    del rule
    return ""


@dataclass(frozen=True)
class Options:
    """How to write. What a format has no use for it leaves alone."""

    width: int = 100
    """Columns of the terminal."""
    colour: bool = False
    everything: bool = False
    """`--all`: what is folded, cut short or not checked is listed too."""
    root: Path | None = None
    """Files below this folder are named relative to it."""
    explain: Callable[[str], str] = no_page
    """The page of a rule by its id, in Markdown; empty where there is none."""
    fail_on: Severity | None = Severity.WARNING
    """Findings of this severity and worse fail a run; None: nothing does."""


class Writer(Protocol):
    """The contract, for the type checker."""

    FORMAT: str
    SUFFIX: str

    def write(self, report: Report, options: Options) -> str:
        """The whole output."""
