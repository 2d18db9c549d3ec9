"""Many environments, for the terminal: who stands out, then each setting that is not the same everywhere."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from parity.diff.many import Group, Matrix, Row
from parity.model.finding import Severity, Why
from parity.model.setting import Layer
from parity.report.contract import Options
from parity.report.layers import NAMES
from parity.report.paint import Paint
from parity.report.summary import FOLDED
from parity.report.summary import side as side_line
from parity.report.terminal_table import enumerated
from parity.report.text import (
    columns,
    counted,
    cut,
    listed,
    pad,
    short_name,
    shorten,
    visible,
    wrap,
)

_NARROWEST: Final = 60
_SHOWN: Final = 20
_SIDES: Final = 8
_NAMED: Final = 3
_NAME: Final = 24
_LONGEST: Final = 300


def write(matrix: Matrix, options: Options) -> str:
    """The whole output."""
    return "\n".join(_Text(matrix, options).lines()) + "\n"


def headline(matrix: Matrix) -> str:
    """The answer in one sentence."""
    what = who(matrix)
    if not matrix.rows:
        return f"No findings among {what} in {counted(matrix.compared, 'setting')}."
    counts = [
        (severity, sum(1 for f in matrix.findings if f.severity is severity))
        for severity in Severity
    ]
    told = listed([counted(number, severity.value) for severity, number in counts if number])
    return f"{what} differ in {counted(len(matrix.rows), 'finding')}: {told}."


def who(matrix: Matrix) -> str:
    """`dev, staging and prod`, `100 environments`, `8 containers of web`."""
    if matrix.of:
        return f"{len(matrix.sides):,} containers of {visible(matrix.of)}"
    names = [visible(info.name) for info in matrix.sides]
    return listed(names) if len(names) <= _NAMED else f"{len(names):,} environments"


def layers_sentence(matrix: Matrix) -> str:
    """Which layers were read everywhere, and which were not."""
    read = [set(info.layers) for info in matrix.sides] or [set()]
    everywhere = [layer for layer in Layer if all(layer in each for each in read)]
    rest = [layer for layer in Layer if layer not in everywhere]
    text = f"Read everywhere: {listed([NAMES[layer] for layer in everywhere]) or 'nothing'}."
    if rest:
        text += f" Not looked at everywhere: {listed([NAMES[layer] for layer in rest])}."
    return text


def standing_out(matrix: Matrix, most: int = _SIDES) -> str:
    """Who is outvoted, and in how many settings; empty where nobody is."""
    found = [(visible(name), number) for name, number in matrix.standing_out]
    named = [f"{name} ({number:,})" for name, number in found[:most]]
    more = f" and {len(found) - most:,} more" if len(found) > most else ""
    return f"Stands out, in so many settings: {', '.join(named)}{more}." if named else ""


def folded_sentence(matrix: Matrix) -> str:
    """What differs and is no finding; empty where nothing does."""
    counts = Counter(row.why or Why.SAID for row in matrix.folded)
    told = [f"{counts[why]:,} {FOLDED[why]}" for why in Why if counts[why]]
    return f"Folded: {listed(told)}." if told else ""


def checks_sentence(matrix: Matrix) -> str:
    """How the verdicts came about."""
    text = f"{counted(matrix.checked, 'rule')} looked at {counted(matrix.comparisons, 'pair')}"
    missed = len(matrix.not_checked)
    return text + (
        f"; {counted(missed, 'rule')} could not look and passed nothing." if missed else "."
    )


class _Text:
    def __init__(self, matrix: Matrix, options: Options) -> None:
        self._matrix, self._options = matrix, options
        self._width = max(options.width, _NARROWEST)
        self._paint = Paint(colour=options.colour)

    def lines(self) -> Iterator[str]:
        matrix = self._matrix
        yield from map(self._paint.strong, wrap(headline(matrix), self._width))
        yield from wrap(layers_sentence(matrix), self._width)
        for note in matrix.notes:
            yield from wrap(f"Note: {visible(note)}", self._width)
        yield from self._sides()
        out = standing_out(matrix)
        if out:
            yield ""
            yield from wrap(out, self._width)
        yield from self._rows()
        yield ""
        folded = folded_sentence(matrix)
        more = " --all lists them." if folded and not self._options.everything else ""
        yield from wrap(folded + more, self._width) if folded else ()
        yield from wrap(checks_sentence(matrix), self._width)
        if self._options.everything:
            yield from self._folded()

    def _sides(self) -> Iterator[str]:
        infos = self._matrix.sides
        whole = self._options.everything or len(infos) <= _SIDES + 1
        names = [short_name(info.name, _NAME) for info in infos]
        shown = len(infos) if whole else _SIDES
        margin = max(map(columns, names[:shown]))
        for name, info in zip(names[:shown], infos, strict=False):
            first = f"  {pad(name, margin)}  "
            room = self._width - columns(first)
            yield self._paint.dim(first + cut(side_line(info, self._options.root), room))
        if shown < len(infos):
            yield self._paint.dim(f"  …and {len(infos) - shown:,} more: --all")

    def _rows(self) -> Iterator[str]:
        rows = self._matrix.rows
        whole = self._options.everything or len(rows) <= _SHOWN + 1
        shown = rows if whole else rows[:_SHOWN]
        for severity in Severity:
            those = [row for row in shown if row.finding and row.finding.severity is severity]
            if not those:
                continue
            number = sum(1 for f in self._matrix.findings if f.severity is severity)
            yield ""
            yield self._paint.severity(severity, counted(number, severity.value))
            for row in those:
                yield ""
                yield from self._row(row)
        if len(shown) < len(rows):
            yield ""
            yield f"…and {len(rows) - len(shown):,} more: --all"

    def _row(self, row: Row) -> Iterator[str]:
        finding = row.finding
        head = wrap(visible(row.setting or (finding.name if finding else "")), self._width)
        severity = finding.severity if finding else Severity.INFO
        yield from (self._paint.severity(severity, line) for line in head)
        if len(row.services) > 1:
            also = f"alike in {listed(list(row.services[1:]))}"
            yield from self._indented("  ", visible(also), dim=True)
        yield from self._groups(row)
        if finding is None:
            return
        yield from self._indented("  ", visible(finding.message))
        if finding.fix:
            yield from self._indented("  fix: ", visible(finding.fix))
        between = f" · judged between {row.between[0]} and {row.between[1]}"
        yield from self._indented(
            "  ", visible(f"{finding.rule} {finding.name}{between}"), dim=True
        )

    def _groups(self, row: Row) -> Iterator[str]:
        """A line a value: how many have it, who, and the value."""
        groups = [*row.groups]
        if row.unsaid and groups:
            groups.append(Group(row.unsaid, "(nothing can be said)"))
        names = [self._names(group) for group in groups]
        margin = max(map(columns, names), default=0)
        digits = len(str(max((len(group.names) for group in groups), default=0)))
        for name, group in zip(names, groups, strict=True):
            first = f"    {len(group.names):>{digits}}  {pad(name, margin)}  "
            text = visible(group.value)
            text = text if self._options.everything else shorten(text, _LONGEST)
            yield from self._indented(first, text)

    def _names(self, group: Group) -> str:
        room = max(20, self._width * 3 // 8)
        return enumerated([short_name(name, _NAME) for name in group.names], room)

    def _folded(self) -> Iterator[str]:
        for why in (*Why, None):
            those = [row for row in self._matrix.folded if row.why is why]
            if those:
                yield ""
                yield self._paint.strong(f"Folded: {FOLDED[why or Why.SAID]}")
            for row in those:
                yield from self._indented("  ", visible(row.setting))
                yield from self._groups(row)
                yield from self._indented("      ", visible(row.reason), dim=True)

    def _indented(self, first: str, text: str, *, dim: bool = False) -> Iterator[str]:
        margin = columns(first)
        for index, line in enumerate(wrap(text, self._width - margin) if text else ()):
            start = " " * margin if index else first
            yield start + (self._paint.dim(line) if dim else line)
