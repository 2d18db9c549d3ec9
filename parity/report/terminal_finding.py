"""One finding for the terminal: path, both values, what it means, what to do, where it stands."""

from collections.abc import Callable, Iterator, Sequence

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

    def lines(self, finding: Finding, services: Sequence[str] = ()) -> Iterator[str]:
        """The finding in full; `services` are all of which it is said, its own first."""
        severity = finding.severity
        head = visible(finding.setting or finding.service or finding.name)
        for line in wrap(head, self._width):
            yield self._paint.severity(severity, line)
        if len(services) > 1:
            also = f"alike in {listed(list(services[1:]))}"
            yield from self._indented("  ", visible(also), dim=True)
        yield from self._indented("  ", visible(finding.message))
        places = finding.places if self._options.everything else finding.places[:_PLACES]
        for index, each in enumerate(places):
            yield from self._place(each, head=each.setting if index else "")
        if len(finding.places) > len(places):
            left_out = counted(len(finding.places) - len(places), "more setting")
            yield f"    …and {left_out}: --all"
        if finding.fix:
            yield from self._indented("  fix: ", visible(finding.fix), self._paint.good)
        parts = [f"{finding.rule} {finding.name}", *self._origins(finding.places[:1])]
        yield from self._indented("  ", visible(" · ".join(parts)), dim=True)

    def short(self, finding: Finding, reason: str) -> Iterator[str]:
        """A folded one: path, values and reason."""
        yield from self._indented("  ", visible(finding.setting or finding.message))
        for each in finding.places[:1]:
            values = f"{visible(each.left)}  ->  {visible(each.right)}"
            yield from self._indented("      ", shorten(values, _LONGEST))
        yield from self._indented("      ", visible(f"{reason} ({finding.rule})"), dim=True)

    def _place(self, each: Place, *, head: str) -> Iterator[str]:
        if head:
            yield from self._indented("    ", f"with {visible(head)}")
        for name, text, hue in (
            (self._names[0], each.left, self._paint.left),
            (self._names[1], each.right, self._paint.right),
        ):
            value = visible(text)
            value = value if self._options.everything else shorten(value, _LONGEST)
            yield from self._indented(f"    {pad(name, self._margin)}  ", value, hue)
        details = each.detail if self._options.everything else each.detail[:_DETAILS]
        for line in details:
            yield from self._indented(" " * (self._margin + 6), visible(line))
        left_out = len(each.detail) - len(details)
        if left_out:
            yield " " * (self._margin + 6) + f"…and {counted(left_out, 'more part')}: --all"
        if head:
            yield from self._indented("    ", " · ".join(self._origins((each,))), dim=True)

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
