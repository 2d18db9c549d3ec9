"""For the terminal: the answer first, then what differs in kind, then the findings by rank."""

from collections.abc import Iterator

from parity.model.finding import Report, Severity
from parity.report import layers, summary
from parity.report.alike import Alike, merged
from parity.report.contract import Options
from parity.report.digest import digest, unpaired
from parity.report.paint import Paint
from parity.report.terminal_finding import NAME, FindingText
from parity.report.terminal_table import digest_table, enumerated
from parity.report.text import columns, counted, cut, pad, short_name, visible, wrap

FORMAT = "terminal"
SUFFIX = ".txt"
SHOWN = 20
NARROWEST = 60


def write(report: Report, options: Options) -> str:
    """The whole output; the first screen answers."""
    return "\n".join(_Terminal(report, options).lines()) + "\n"


class _Terminal:
    def __init__(self, report: Report, options: Options) -> None:
        self._report, self._options = report, options
        self._width = max(options.width, NARROWEST)
        self._paint = Paint(colour=options.colour)
        self._finding = FindingText(report, options, self._paint, self._width)

    def lines(self) -> Iterator[str]:
        yield from self._answer()
        yield from self._unpaired()
        rows = digest(self._report)
        if rows:
            yield ""
            yield from digest_table(rows, self._report, self._paint, self._width)
        yield from self._findings()
        yield from self._end()

    def _answer(self) -> Iterator[str]:
        report, paint = self._report, self._paint
        yield from map(paint.strong, wrap(summary.headline(report), self._width))
        yield from wrap(layers.sentence(report), self._width)
        for note in report.notes:
            yield from wrap(f"Note: {visible(note)}", self._width)
        symptom = summary.symptom_sentence(report, f"“{visible(report.symptom)}”")
        yield from wrap(symptom, self._width) if symptom else ()
        sides = tuple(dict.fromkeys((report.left, report.right)))
        names = [short_name(info.name, NAME) for info in sides]
        margin = max(map(columns, names))
        for name, info in zip(names, sides, strict=True):
            first = f"  {pad(name, margin)}  "
            yield paint.dim(
                first + cut(summary.side(info, self._options.root), self._width - columns(first))
            )

    def _unpaired(self) -> Iterator[str]:
        sides = (self._report.left, self._report.right)
        for info, names in zip(sides, unpaired(self._report), strict=True):
            if names:
                first = f"Only in {short_name(info.name, NAME)}: "
                yield first + enumerated(names, self._width - columns(first))

    def _findings(self) -> Iterator[str]:
        found = merged(self._report.findings)
        # A line that counts one finding takes as much room as saying which.
        whole = self._options.everything or len(found) <= SHOWN + 1
        shown = found if whole else found[:SHOWN]
        first = [alike for alike in shown if alike.finding.explains]
        if first:
            yield ""
            fits = sum(1 for finding in self._report.findings if finding.explains)
            yield self._paint.strong(f"{counted(fits, 'finding')} may explain the symptom")
            yield from self._group(first, told=True)
        for severity in Severity:
            rest = [a for a in shown if a.finding.severity is severity and not a.finding.explains]
            if rest:
                number = sum(
                    1
                    for finding in self._report.findings
                    if finding.severity is severity and not finding.explains
                )
                yield ""
                title = f"{number:,} other {severity.value}{'' if number == 1 else 's'}"
                title = title if first else counted(number, severity.value)
                yield self._paint.severity(severity, title)
                yield from self._group(rest)
        left_out = sum(len(alike.services) for alike in found[len(shown) :])
        if left_out:
            yield ""
            yield f"…and {left_out:,} more: --all"

    def _group(self, group: list[Alike], *, told: bool = False) -> Iterator[str]:
        for finding, services in group:
            yield ""
            yield from self._finding.lines(finding, services, told=told)

    def _end(self) -> Iterator[str]:
        report, everything = self._report, self._options.everything
        ending = [summary.folded_sentence(report), summary.checks_sentence(report)]
        ending = [sentence for sentence in ending if sentence]
        more = summary.more_sentence(report)
        if not everything and more:
            ending[-1:] = [" ".join([*ending[-1:], more])]
        if ending:
            yield ""
        for sentence in ending:
            yield from wrap(sentence, self._width)
        if everything:
            yield from self._folded()
            yield from self._lost()
            yield from self._not_checked()

    def _folded(self) -> Iterator[str]:
        for why in summary.folded_counts(self._report):
            yield ""
            yield self._paint.strong(f"Folded: {summary.FOLDED[why]}")
            for folded in self._report.folded:
                if folded.why is why:
                    yield from self._finding.short(folded.finding, folded.reason)

    def _lost(self) -> Iterator[str]:
        for info in (self._report.left, self._report.right):
            if info.lost:
                yield ""
                title = (
                    f"Not expressible: {counted(len(info.lost), 'field')} of {visible(info.name)}"
                )
                yield self._paint.strong(title)
            for path, reason in info.lost:
                first, *rest = wrap(f"{visible(path)}: {visible(reason)}", self._width - 4)
                yield f"  {first}"
                yield from (f"    {line}" for line in rest)

    def _not_checked(self) -> Iterator[str]:
        if self._report.not_checked:
            yield ""
            yield self._paint.strong("Not checked")
        for each in self._report.not_checked:
            text = f"{each.rule} {each.name}: {visible(each.reason)}"
            first, *rest = wrap(text, self._width - 4)
            yield f"  {first}"
            yield from (f"    {line}" for line in rest)
