"""Many environments, as Markdown: the answer, and a table of what is not the same everywhere."""

from typing import Final

from parity.diff.many import Group, Matrix, Row
from parity.model.finding import Severity
from parity.report.contract import Options
from parity.report.markdown import LIMIT, code, prose
from parity.report.matrix import (
    checks_sentence,
    folded_sentence,
    headline,
    layers_sentence,
    standing_out,
)
from parity.report.terminal_table import enumerated
from parity.report.text import counted, listed, shorten

_MARKS: Final = {Severity.ERROR: "🔴", Severity.WARNING: "🟠", Severity.INFO: "🔵"}
_NAMES: Final = 80
_LONGEST: Final = 160
_ENDING: Final = 200


def write(matrix: Matrix, options: Options) -> str:
    """At most as much as a forge takes in a comment; what does not fit is counted."""
    del options
    lines = [f"### {prose(headline(matrix))}", prose(layers_sentence(matrix))]
    lines += [f"> {prose(note)}" for note in matrix.notes]
    lines.append(prose(standing_out(matrix)))
    text = "\n\n".join(filter(None, lines))
    ending = prose(f"{folded_sentence(matrix)} {checks_sentence(matrix)}".strip())
    if matrix.rows:
        text += "\n\n" + _table(matrix, LIMIT - _ENDING - len(text) - len(ending))
    return f"{text}\n\n{ending}\n"


def _table(matrix: Matrix, room: int) -> str:
    lines = ["| | Setting | Who has what | |", "|---|---|---|---|"]
    left_out = 0
    for row in matrix.rows:
        line = _row(row)
        room -= len(line) + 1
        if room < 0:
            left_out += 1
            continue
        lines.append(line)
    table = "\n".join(lines)
    return table + (f"\n\n_{counted(left_out, 'row')} left out._" if left_out else "")


def _row(row: Row) -> str:
    finding = row.finding
    head = f"{_MARKS[finding.severity]} {finding.rule}" if finding else ""
    setting = code(row.setting or (finding.name if finding else ""))
    if len(row.services) > 1:
        setting += f"<br>alike in {prose(listed(list(row.services[1:])))}"
    groups = [_group(group) for group in row.groups]
    if row.unsaid and groups:
        groups.append(_group(Group(row.unsaid, "(nothing can be said)")))
    said = prose(shorten(finding.message, 400)) if finding else ""
    if finding and finding.fix:
        said += f"<br>**Fix:** {prose(shorten(finding.fix, 300))}"
    return f"| {' | '.join([head, setting, '<br>'.join(groups), said])} |"


def _group(group: Group) -> str:
    names = prose(enumerated(group.names, _NAMES))
    return f"{names}: {code(shorten(group.value, _LONGEST))}"
