"""The table of what differs, for the terminal."""

from collections.abc import Iterator, Sequence

from parity.model.finding import Report
from parity.report.digest import Row
from parity.report.paint import Paint
from parity.report.text import columns, cut, pad, short_name

_NAME = 14
_LEAST = 8
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
        listed = enumerated(row.examples, room) if room >= _LEAST else ""
        yield line + (f"  {paint.dim(listed)}" if listed else "")


def _number(number: int, width: int) -> str:
    return (f"{number:,}" if number else "-").rjust(width)


def enumerated(names: Sequence[str], room: int) -> str:
    """Names that fit into `room` columns, in their order, then how many there are beside."""
    kept: list[str] = []
    for name in names:
        rest = len(names) - len(kept) - 1
        if columns(_names([*kept, name], rest)) <= room:
            kept.append(name)
    if names and not kept:
        tail = _names([""], len(names) - 1)
        return cut(names[0], room - columns(tail)) + tail
    return _names(kept, len(names) - len(kept))


def _names(names: Sequence[str], rest: int) -> str:
    return ", ".join(names) + (f" +{rest:,}" if rest else "")
