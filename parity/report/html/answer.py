"""The page's first screen: the answer, both sides, what was read, what differs in kind."""

from collections.abc import Iterator

from parity.model.finding import Report, SideInfo
from parity.model.setting import Layer
from parity.report import layers, summary
from parity.report.contract import Options
from parity.report.digest import Row, digest, unpaired
from parity.report.html.markup import Markup, join, tag
from parity.report.text import counted, short_name

_NAME = 14
_NAMED = 8


def answer(report: Report, options: Options) -> Markup:
    """Headline, notes, then the panels."""
    alone = unpaired(report)
    sides = (
        _side(report.left, "left", alone[0], options),
        _side(report.right, "right", alone[1], options),
    )
    panels = [_kinds(report), _read(report)]
    return tag(
        "section",
        tag("h1", summary.headline(report)),
        tag("p", layers.sentence(report), class_="lead"),
        *(tag("p", note, class_="note") for note in report.notes),
        _symptom(report),
        tag("div", *sides, class_="pair"),
        tag("div", *panels, class_="panels"),
        class_="answer",
    )


def _symptom(report: Report) -> Markup | None:
    if not report.symptom:
        return None
    before, _, after = summary.symptom_sentence(report, "\0").partition("\0")
    return tag("p", before, "“", tag("b", report.symptom), "”", after, class_="note")


def _side(info: SideInfo, side: str, alone: list[str], options: Options) -> Markup:
    named = summary.files(info, options.root)
    facts = [info.source, summary.size(info)]
    facts += [f"captured {info.captured}"] if info.captured else []
    facts += [f"{counted(info.losses, 'field')} not expressible"] if info.losses else []
    return tag(
        "div",
        tag("h2", info.name),
        tag("p", named) if named else None,
        tag("p", " · ".join(facts), class_="muted"),
        tag("p", tag("b", "Only here: "), _named(alone)) if alone else None,
        class_=f"card side {side}",
    )


def _kinds(report: Report) -> Markup | None:
    rows = digest(report)
    if not rows:
        return None
    names = [(short_name(info.name, _NAME), info.name) for info in (report.left, report.right)]
    only = [tag("th", f"only {short}", scope="col", title=whole) for short, whole in names]
    heads = [tag("th", "What differs", scope="col"), *only, tag("th", "differ", scope="col")]
    heads.append(tag("th", scope="col"))
    body = [_kind(row) for row in rows]
    table = tag("table", tag("thead", tag("tr", *heads)), tag("tbody", *body), class_="kinds")
    return tag("div", table, class_="card scroll")


def _kind(row: Row) -> Markup:
    numbers = (len(row.only_left), len(row.only_right), len(row.both))
    cells = [tag("td", f"{number:,}" if number else "-", class_="number") for number in numbers]
    return tag(
        "tr",
        tag("th", row.area, scope="row"),
        *cells,
        tag("td", _named(row.examples), class_="names"),
    )


def _named(names: list[str]) -> Markup:
    more = f" +{len(names) - _NAMED:,}" if len(names) > _NAMED else ""
    return join((*_breakable(", ".join(names[:_NAMED])), more))


def _breakable(text: str) -> Iterator[str]:
    """Long names of variables may break behind an underscore."""
    for index, part in enumerate(text.split("_")):
        if index:
            yield join(("_", tag("wbr")))
        yield part


def _read(report: Report) -> Markup:
    percent = layers.share(layers.read(report))
    said = "Too little was read to say how many documented incidents can be seen."
    if percent:
        figure = tag("b", f"{percent} %", class_="figure")
        said = join(
            ("Of the incidents that parity's rules come from, ", figure, " can be seen here.")
        )
    return tag(
        "div",
        tag("h2", "What was read"),
        _bar(percent),
        tag("p", said, class_="muted"),
        tag("ul", *(_layer(layer, report) for layer in Layer), class_="layers"),
        tag("p", *_end(report), class_="muted"),
        class_="card",
    )


def _bar(percent: int) -> Markup:
    # Attributes, not styles: the page's policy allows no inline style.
    rail = tag("rect", class_="rail", width="100", height="6")
    value = tag("rect", class_="value", width=str(percent), height="6")
    return tag(
        "svg",
        rail,
        value,
        class_="bar",
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        role="img",
        aria_label=f"{percent} percent",
    )


def _layer(layer: Layer, report: Report) -> Markup:
    sides = [info.name for info in (report.left, report.right) if layer in info.layers]
    state = {0: "not read", 1: f"only of {''.join(sides)}", 2: "read"}[len(sides)]
    mark = "✓" if len(sides) == 2 else "-"  # noqa: PLR2004
    words = (tag("span", mark, class_="mark", aria_hidden="true"), layers.NAMES[layer])
    kind = "read" if len(sides) == 2 else "unread"  # noqa: PLR2004
    return tag("li", *words, " ", tag("span", state, class_="state"), class_=kind)


def _end(report: Report) -> Iterator[str]:
    sentences = (summary.folded_sentence(report), summary.checks_sentence(report))
    yield join([sentence for sentence in sentences if sentence], " ")
