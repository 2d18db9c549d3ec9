"""A finding on the page: a line that unfolds to both values, what to do, and where it stands."""

from hashlib import sha256

from parity.model.finding import Finding, Place, Report
from parity.model.setting import Origin
from parity.report.changes import Piece, changes
from parity.report.contract import Options
from parity.report.digest import only
from parity.report.html.markup import Markup, join, prose, tag
from parity.report.text import place as written
from parity.report.text import visible


class FindingCards:
    """Writes the findings of one report."""

    def __init__(self, report: Report, options: Options) -> None:
        self._left, self._right = report.left.name, report.right.name
        self._root = options.root
        self._used: set[str] = set()

    def card(self, finding: Finding, *, opened: bool) -> Markup:
        """The whole finding."""
        head = tag(
            "summary",
            tag("span", finding.severity.value, class_="badge"),
            tag("code", finding.setting or finding.service or finding.name, class_="path"),
            tag("span", finding.rule, class_="rule", title=finding.name),
            tag("span", prose(finding.message), class_="message"),
        )
        body = [self.place(each, titled=index > 0) for index, each in enumerate(finding.places)]
        fix = tag("p", tag("b", "Fix "), prose(finding.fix), class_="fix") if finding.fix else None
        name = tag("p", f"{finding.rule} {finding.name}", class_="muted small")
        return tag(
            "details",
            head,
            tag("div", *body, fix, name, class_="body"),
            class_=f"item finding {finding.severity}",
            id=self._anchor(finding.key),
            data_severity=finding.severity.value,
            data_service=finding.service,
            open=opened,
        )

    def place(self, place: Place, *, titled: bool) -> Markup:
        """Both values side by side, what differs in them marked."""
        left, right = visible(place.left), visible(place.right)
        if only(place) or left == right:
            pieces = [Piece(left, False)], [Piece(right, False)]
        else:
            pieces = changes(left, right)
        sides = (
            self._value(self._left, "left", pieces[0], place.left_origin),
            self._value(self._right, "right", pieces[1], place.right_origin),
        )
        return tag(
            "div",
            tag("code", place.setting, class_="path") if titled else None,
            tag("div", *sides, class_="pair"),
            tag("pre", join(place.detail, "\n")) if place.detail else None,
            class_="place",
        )

    def _value(self, name: str, side: str, pieces: list[Piece], origin: Origin | None) -> Markup:
        shown = [tag("mark", p.text) if p.changed else p.text for p in pieces]
        unset = len(pieces) == 1 and pieces[0].text.startswith("unset")
        where = written(origin, self._root)
        return tag(
            "div",
            tag("span", name, class_="name"),
            tag("code", join(shown), class_="unset" if unset else "value"),
            tag("span", where, class_="where") if where else None,
            class_=f"side {side}",
        )

    def _anchor(self, key: str) -> str:
        """Stable for links, unique on the page."""
        short = sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:10]
        name, number = f"f-{short}", 1
        while name in self._used:
            number += 1
            name = f"f-{short}-{number}"
        self._used.add(name)
        return name
