"""What is counted but not among the findings, and the rules that could not look."""

from itertools import groupby

from parity.model.finding import Folded, NotChecked, Report, Why
from parity.report import summary
from parity.report.contract import Options
from parity.report.html.markup import Markup, join, tag
from parity.report.text import counted, listed, place, shorten

_LONGEST = 240


def folded_section(report: Report, options: Options) -> Markup | None:
    """A table a reason; every row can be searched."""
    if not report.folded:
        return None
    tables = [_reason(why, report, options) for why in summary.folded_counts(report)]
    return tag("section", tag("h2", "Folded differences"), *tables, class_="folded", id="folded")


def _reason(why: Why, report: Report, options: Options) -> Markup:
    rows = [_row(folded, options) for folded in report.folded if folded.why is why]
    heads = ("Setting", report.left.name, report.right.name, "Reason")
    head = tag("tr", *(tag("th", word, scope="col") for word in heads))
    number = tag("span", f"{len(rows):,}", class_="count")
    title = tag("summary", summary.FOLDED[why].capitalize(), " ", number)
    table = tag("table", tag("thead", head), tag("tbody", *rows))
    return tag("details", title, tag("div", table, class_="scroll"), class_="group card")


def _row(folded: Folded, options: Options) -> Markup:
    finding = folded.finding
    first = finding.places[0] if finding.places else None
    values = (
        [shorten(value, _LONGEST) for value in (first.left, first.right)] if first else ["", ""]
    )
    origins = (
        [place(o, options.root) for o in (first.left_origin, first.right_origin)] if first else []
    )
    where = tag("div", listed([o for o in origins if o]), class_="where")
    return tag(
        "tr",
        tag("td", tag("code", finding.setting or finding.service), where),
        *(tag("td", tag("code", value)) for value in values),
        tag("td", folded.reason, " ", tag("span", finding.rule, class_="muted")),
        class_="item",
        data_services=finding.service,
    )


def unchecked_section(report: Report) -> Markup | None:
    """Rules by the reason for which they could not look."""
    if not report.not_checked:
        return None
    ordered = sorted(report.not_checked, key=_why)
    groups = [
        tag("li", reason, tag("ul", *(_rule(each) for each in each_reason)))
        for reason, each_reason in groupby(ordered, key=_why)
    ]
    number = counted(len(report.not_checked), "rule")
    title = tag("summary", f"{number} not checked: they passed nothing")
    return tag("section", tag("details", title, tag("ul", *groups), class_="card unchecked"))


def _why(each: NotChecked) -> str:
    return each.reason


def _rule(each: NotChecked) -> Markup:
    return tag("li", join((tag("code", each.rule), " ", each.name)))
