"""For the terminal: the answer first, then what differs in kind, then the findings by rank."""

from collections.abc import Iterator

from parity.model.finding import Report, Severity
from parity.report import layers, summary
from parity.report.alike import merged
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
        if report.symptom:
            symptom = f"What fits the symptom “{visible(report.symptom)}” comes first."
            yield from wrap(symptom, self._width)
        names = [short_name(info.name, NAME) for info in (report.left, report.right)]
        margin = max(map(columns, names))
        for name, info in zip(names, (report.left, report.right), strict=True):
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
        shown = found if self._options.everything else found[:SHOWN]
        for severity in Severity:
            group = [alike for alike in shown if alike.finding.severity is severity]
            if not group:
                continue
            number = self._report.count(severity)
            yield ""
            yield self._paint.severity(severity, counted(number, severity.value).capitalize())
            for alike in group:
                yield ""
                yield from self._finding.lines(*alike)
        left_out = sum(len(alike.services) for alike in found[len(shown) :])
        if left_out:
            yield ""
            yield f"…and {left_out:,} more: --all"

    def _end(self) -> Iterator[str]:
        report, everything = self._report, self._options.everything
        ending = [summary.folded_sentence(report), summary.checks_sentence(report)]
        ending = [sentence for sentence in ending if sentence]
        if ending:
            yield ""
        if not everything and (report.folded or report.not_checked):
            ending[-1] += " --all lists them."
        for sentence in ending:
            yield from wrap(sentence, self._width)
        if everything:
            yield from self._folded()
            yield from self._not_checked()

    def _folded(self) -> Iterator[str]:
        for why in summary.folded_counts(self._report):
            yield ""
            yield self._paint.strong(f"Folded: {summary.FOLDED[why]}")
            for folded in self._report.folded:
                if folded.why is why:
                    yield from self._finding.short(folded.finding, folded.reason)

    def _not_checked(self) -> Iterator[str]:
        if self._report.not_checked:
            yield ""
            yield self._paint.strong("Not checked")
        for each in self._report.not_checked:
            text = f"{each.rule} {each.name}: {visible(each.reason)}"
            first, *rest = wrap(text, self._width - 4)
            yield f"  {first}"
            yield from (f"    {line}" for line in rest)
