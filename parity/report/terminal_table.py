"""The table of what differs, for the terminal."""

from collections.abc import Iterator, Sequence

from parity.model.finding import Report
from parity.report.digest import Row, examples
from parity.report.paint import Paint
from parity.report.text import columns, cut, pad, short_name

_NAME = 14
_FIXED = 40  # columns of the widest area's name, the words beside the names and the gaps


def digest_table(rows: Sequence[Row], report: Report, paint: Paint, width: int) -> Iterator[str]:
    """A line an area: how many settings only one side has, how many differ, and their names."""
    room = max(6, min(_NAME, (width - _FIXED) // 2))
    names = [short_name(info.name, room) for info in (report.left, report.right)]
    heads = [f"only {names[0]}", f"only {names[1]}", "differ"]
    area = max(len(row.area) for row in rows)
    area = max(area, len("What differs"))
    widths = [columns(head) for head in heads]
    first = "  ".join([pad("What differs", area), *heads])
    yield paint.strong(first)
    for row in rows:
        counts = [len(row.only_left), len(row.only_right), len(row.both)]
        cells = [_number(n, w) for n, w in zip(counts, widths, strict=True)]
        line = "  ".join([pad(row.area, area), *cells])
        room = width - columns(line) - 2
        listed = enumerated(examples(row, report), room) if room > _NAME else ""
        yield line + (f"  {paint.dim(listed)}" if listed else "")


def _number(number: int, width: int) -> str:
    return (f"{number:,}" if number else "-").rjust(width)


def enumerated(names: Sequence[str], room: int) -> str:
    """As many names as fit into `room` columns, then how many there are beside."""
    text = ""
    for index, name in enumerate(names):
        longer = f"{text}, {name}" if text else name
        left = len(names) - index - 1
        tail = f" +{left:,}" if left else ""
        if columns(longer) + columns(tail) > room:
            return f"{text} +{left + 1:,}" if text else cut(name, room)
        text = longer
    return text
