"""Markdown for a pull request: the answer, a table of the top findings, the rest folded."""

import re
from collections.abc import Iterator
from html import escape

from parity.model.finding import Finding, Folded, Report, Severity
from parity.report import layers, summary
from parity.report.alike import Alike, merged
from parity.report.contract import Options
from parity.report.digest import digest, unpaired
from parity.report.terminal_table import enumerated
from parity.report.text import counted, place, shorten, visible

FORMAT = "markdown"
SUFFIX = ".md"
LIMIT = 65_000
"""Characters; the forges take 65,536 in a comment."""
TOP = 10
_ENDING = 600  # characters kept for the note that something is left out
_LONGEST = 160
_MARKS = {Severity.ERROR: "🔴", Severity.WARNING: "🟠", Severity.INFO: "🔵"}
# What Markdown would take for structure.
_STRUCTURE = str.maketrans({c: f"&#{ord(c)};" for c in "\\`*{}[]!|~^$"})
_EDGE = re.compile(r"(?<![^\W_])_|_(?![^\W_])")  # inside a word an underscore means nothing


def write(report: Report, options: Options) -> str:
    """At most `LIMIT` characters; what does not fit is counted at the end."""
    return _Page(report, options).text()


class _Page:
    def __init__(self, report: Report, options: Options) -> None:
        self._report, self._options = report, options
        self._names = [prose(info.name) for info in (report.left, report.right)]
        self._room = LIMIT - _ENDING
        self._left_out = 0
        self._found = merged(report.findings)

    def text(self) -> str:
        blocks = [self._head(), self._digest()]
        blocks.append(self._table(self._found[:TOP]))
        for block in blocks:
            self._room -= len(block) + 2
        blocks += self._folds()
        if self._left_out:
            blocks.append(
                f"_Shortened to {LIMIT:,} characters: {counted(self._left_out, 'entry')} left out. "
                "The HTML and JSON reports have all of them._".replace("entrys", "entries")
            )
        return "\n\n".join(filter(None, blocks)) + "\n"

    def _head(self) -> str:
        report = self._report
        lines = [f"### {prose(summary.headline(report))}", prose(layers.sentence(report))]
        lines += [f"> {prose(note)}" for note in report.notes]
        lines += filter(None, [summary.symptom_sentence(report, code(report.symptom))])
        for info, names in zip((report.left, report.right), unpaired(report), strict=True):
            if names:
                lines.append(f"**Only in {prose(info.name)}:** {prose(enumerated(names, 400))}")
        ending = [summary.folded_sentence(report), summary.checks_sentence(report)]
        return "\n\n".join([*lines, prose(" ".join(filter(None, ending)))]).strip()

    def _digest(self) -> str:
        rows = digest(self._report)
        if not rows:
            return ""
        left, right = self._names
        lines = [
            f"| What differs | only {left} | only {right} | differ | |",
            "|---|--:|--:|--:|---|",
        ]
        for row in rows:
            numbers = (len(row.only_left), len(row.only_right), len(row.both))
            cells = [f"{number:,}" if number else "" for number in numbers]
            named = prose(enumerated(row.examples, 80))
            lines.append(f"| {' | '.join([row.area, *cells, named])} |")
        return "\n".join(lines)

    def _table(self, found: list[Alike]) -> str:
        if not found:
            return ""
        lines = [f"| | Setting | {self._names[0]} | {self._names[1]} | |", "|---|---|---|---|---|"]
        return "\n".join([*lines, *map(self._row, found)])

    def _row(self, alike: Alike) -> str:
        finding = alike.finding
        said = f"{prose(shorten(finding.message, 400))}"
        if finding.fix:
            said += f"<br>**Fix:** {prose(shorten(finding.fix, 300))}"
        values = [code(text) for text in _values(finding)]
        head = f"{_MARKS[finding.severity]} {finding.rule}"
        where = self._where(finding)
        setting = code(finding.setting or finding.service or finding.name)
        setting += f"<br><sub>{where}</sub>" if where else ""
        setting += f"<br>{_also(alike)}" if len(alike.services) > 1 else ""
        return f"| {' | '.join([head, setting, *values, said])} |"

    def _where(self, finding: Finding) -> str:
        origins = [o for p in finding.places[:1] for o in (p.left_origin, p.right_origin)]
        return "<br>".join(prose(place(o, self._options.root)) for o in origins if o)

    def _folds(self) -> Iterator[str]:
        report = self._report
        more = self._found[TOP:]
        if more:
            number = sum(len(alike.services) for alike in more)
            yield from self._fold(counted(number, "more finding"), map(self._item, more))
        folded = report.folded
        if folded:
            yield from self._fold(
                counted(len(folded), "folded difference"), map(self._folded_item, folded)
            )
        if report.not_checked:
            title = f"{counted(len(report.not_checked), 'rule')} not checked"
            lines = (f"- {n.rule} {prose(n.name)}: {prose(n.reason)}" for n in report.not_checked)
            yield from self._fold(title, lines)

    def _fold(self, title: str, lines: Iterator[str]) -> Iterator[str]:
        start = f"<details><summary>{title}</summary>\n\n"
        end = "\n\n</details>"
        self._room -= len(start) + len(end) + 2
        kept = []
        for line in lines:
            if self._room < len(line) + 1:
                self._left_out += 1
                continue
            self._room -= len(line) + 1
            kept.append(line)
        if kept:
            yield start + "\n".join(kept) + end

    def _item(self, alike: Alike) -> str:
        finding = alike.finding
        left, right = _values(finding)
        setting = code(finding.setting or finding.service or finding.name)
        text = (
            f"- {_MARKS[finding.severity]} {finding.rule} {setting}: {code(left)} → {code(right)}"
        )
        text = f"{text}. {prose(shorten(finding.message, 300))}"
        return f"{text} ({_also(alike)})" if len(alike.services) > 1 else text

    def _folded_item(self, folded: Folded) -> str:
        left, right = _values(folded.finding)
        text = f"- {code(folded.finding.setting)}: {code(left)} → {code(right)}"
        return f"{text}. {prose(f'{folded.why.value}: {shorten(folded.reason, 200)}')}"


def _also(alike: Alike) -> str:
    return f"alike in {prose(enumerated(alike.services[1:], _LONGEST))}"


def _values(finding: Finding) -> tuple[str, str]:
    if not finding.places or not finding.places[0].sided:
        return "", ""
    first = finding.places[0]
    return shorten(first.left, _LONGEST), shorten(first.right, _LONGEST)


def prose(text: str) -> str:
    """Text that Markdown shows as it is."""
    parts = re.split("([@#])", visible(text))
    return "".join(_apart(part) for part in parts)


def code(text: str) -> str:
    """A value in code type; nothing for nothing. Safe inside a table, whatever it holds."""
    return f"<code>{_escaped(visible(text))}</code>" if text else ""


def _escaped(text: str) -> str:
    return _EDGE.sub("&#95;", escape(text, quote=False).translate(_STRUCTURE))


def _apart(part: str) -> str:
    # A comment keeps `@team` and `#12` from being linked: an entity would not.
    return f"{part}<!-- -->" if part in ("@", "#") else _escaped(part)
