"""One finding for the terminal: path, both values, what it means, what to do, where it stands."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from parity.model.finding import Finding, Place, Report
from parity.report.contract import Options
from parity.report.paint import Paint
from parity.report.text import (
    columns,
    counted,
    listed,
    pad,
    place,
    short_name,
    shorten,
    visible,
    wrap,
)

_T = TypeVar("_T")
_PLACES = 3
_DETAILS = 6
_LONGEST = 300
NAME = 24
"""Columns of an environment's name."""


class FindingText:
    """Writes findings of one report at one width."""

    def __init__(self, report: Report, options: Options, paint: Paint, width: int) -> None:
        self._options, self._paint, self._width = options, paint, width
        self._names = [short_name(info.name, NAME) for info in (report.left, report.right)]
        self._margin = max(map(columns, self._names))

    def lines(
        self, finding: Finding, services: Sequence[str] = (), *, told: bool = False
    ) -> Iterator[str]:
        """The finding in full; `services` are all of which it is said, its own first. `told`: with its
        severity, where no title above says it.
        """
        severity = finding.severity
        head = visible(finding.setting or finding.service or finding.name)
        for line in wrap(head, self._width):
            yield self._paint.severity(severity, line)
        if len(services) > 1:
            also = f"alike in {listed(list(services[1:]))}"
            yield from self._indented("  ", visible(also), dim=True)
        yield from self._indented("  ", visible(finding.message))
        places = self._first(finding.places, _PLACES)
        for index, each in enumerate(places):
            yield from self._place(each, head=each.setting if index else "")
        if len(finding.places) > len(places):
            left_out = counted(len(finding.places) - len(places), "more setting")
            yield f"    …and {left_out}: --all"
        if finding.fix:
            yield from self._indented("  fix: ", visible(finding.fix), self._paint.good)
        name = f"{finding.rule} {finding.name}" + (f" ({severity})" if told else "")
        parts = [name, *self._origins(finding.places[:1])]
        yield from self._indented("  ", visible(" · ".join(parts)), dim=True)

    def short(self, finding: Finding, reason: str) -> Iterator[str]:
        """A folded one: path, values and reason."""
        yield from self._indented("  ", visible(finding.setting or finding.message))
        for each in (each for each in finding.places[:1] if each.sided):
            values = f"{visible(each.left)}  ->  {visible(each.right)}"
            yield from self._indented("      ", shorten(values, _LONGEST))
        yield from self._indented(
            "      ", visible(reason + (f" ({finding.rule})" if finding.rule else "")), dim=True
        )

    def _place(self, each: Place, *, head: str) -> Iterator[str]:
        if head:
            yield from self._indented("    ", f"with {visible(head)}")
        for name, text, hue in (
            (self._names[0], each.left, self._paint.left),
            (self._names[1], each.right, self._paint.right),
        ):
            if not each.sided:
                continue
            value = visible(text)
            value = value if self._options.everything else shorten(value, _LONGEST)
            yield from self._indented(f"    {pad(name, self._margin)}  ", value, hue)
        details = self._first(each.detail, _DETAILS)
        for line in details:
            yield from self._indented(" " * (self._margin + 6 if each.sided else 4), visible(line))
        left_out = len(each.detail) - len(details)
        if left_out:
            yield " " * (self._margin + 6) + f"…and {counted(left_out, 'more part')}: --all"
        if head:
            yield from self._indented("    ", " · ".join(self._origins((each,))), dim=True)

    def _first(self, items: tuple[_T, ...], most: int) -> tuple[_T, ...]:
        """As many as are shown; a line that counts one would take the room of that one."""
        whole = self._options.everything or len(items) <= most + 1
        return items if whole else items[:most]

    def _indented(
        self, first: str, text: str, hue: Callable[[str], str] | None = None, *, dim: bool = False
    ) -> Iterator[str]:
        """The text behind `first`, which gets the hue; further lines stand below the text."""
        margin = columns(first)
        for index, line in enumerate(wrap(text, self._width - margin) if text else ()):
            start = " " * margin if index else first
            painted = hue(start) if hue and not index else start
            yield painted + (self._paint.dim(line) if dim else line)

    def _origins(self, places: tuple[Place, ...]) -> list[str]:
        both = [(each.left_origin, each.right_origin) for each in places]
        texts = [place(origin, self._options.root) for pair in both for origin in pair]
        return [text for text in dict.fromkeys(texts) if text]
