"""A finding on the page: a line that unfolds to both values, what to do, and where it stands."""

from hashlib import sha256

from parity.model.finding import Place, Report
from parity.model.setting import Origin
from parity.report.alike import Alike
from parity.report.changes import Piece, changes
from parity.report.contract import Options
from parity.report.digest import only
from parity.report.html.markup import Markup, join, prose, tag
from parity.report.text import counted, listed, visible
from parity.report.text import place as written

_SHOWN = 4
"""Further settings that stand open."""


class FindingCards:
    """Writes the findings of one report."""

    def __init__(self, report: Report, options: Options) -> None:
        self._left, self._right = report.left.name, report.right.name
        self._root = options.root
        self._used: set[str] = set()

    def card(self, alike: Alike, *, opened: bool) -> Markup:
        """The whole finding, with the other services of which the same is said."""
        finding, services = alike
        others = f"alike in {listed(services[1:])}" if len(services) > 1 else None
        head = tag(
            "summary",
            tag("span", finding.severity.value, class_="badge"),
            tag("code", finding.setting or finding.service or finding.name, class_="path"),
            tag("span", finding.rule, class_="rule", title=finding.name),
            tag("span", prose(finding.message), class_="message"),
            tag("span", others, class_="others") if others else None,
        )
        body = [*map(self.place, finding.places[:1]), self.further(finding.places[1:])]
        fix = tag("p", tag("b", "Fix "), prose(finding.fix), class_="fix") if finding.fix else None
        name = tag("p", f"{finding.rule} {finding.name}", class_="muted small")
        return tag(
            "details",
            head,
            tag("div", *body, fix, name, class_="body"),
            class_=f"item finding {finding.severity}",
            id=self._anchor(finding.key),
            data_severity=finding.severity.value,
            data_services=" ".join(services),
            data_count=str(len(services)),
            open=opened,
        )

    def place(self, place: Place) -> Markup:
        """Both values side by side, what differs in them marked."""
        left, right = _pieces(place)
        sides = (
            self._value(self._left, "left", left, place.left_origin),
            self._value(self._right, "right", right, place.right_origin),
        )
        where = written(place.right_origin or place.left_origin, self._root)
        return tag(
            "div",
            tag("div", *sides, class_="pair") if place.sided else tag("p", where, class_="where"),
            tag("pre", join(place.detail, "\n")) if place.detail else None,
            class_="place",
        )

    def further(self, places: tuple[Place, ...]) -> Markup | None:
        """The settings that belong to the culprit, a row each; many are folded."""
        if not places:
            return None
        heads = ("With", self._left, self._right)
        head = tag("tr", *(tag("th", word, scope="col") for word in heads))
        table = tag("table", tag("thead", head), tag("tbody", *map(self._row, places)))
        box = tag("div", table, class_="scroll further")
        if len(places) <= _SHOWN:
            return box
        return tag("details", tag("summary", f"with {counted(len(places), 'more setting')}"), box)

    def _row(self, place: Place) -> Markup:
        cells = [tag("td", tag("code", place.setting))]
        sides = ("left", "right")
        origins = (place.left_origin, place.right_origin)
        for side, pieces, origin in zip(sides, _pieces(place), origins, strict=True):
            where = written(origin, self._root)
            shown = tag("div", where, class_="where") if where else None
            cells.append(tag("td", _code(pieces), shown, class_=side))
        return tag("tr", *cells)

    def _value(self, name: str, side: str, pieces: list[Piece], origin: Origin | None) -> Markup:
        where = written(origin, self._root)
        return tag(
            "div",
            tag("span", name, class_="name"),
            _code(pieces),
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


def _pieces(place: Place) -> tuple[list[Piece], list[Piece]]:
    left, right = visible(place.left), visible(place.right)
    if only(place) or left == right:
        return [Piece(left, False)], [Piece(right, False)]
    return changes(left, right)


def _code(pieces: list[Piece]) -> Markup:
    shown = [tag("mark", piece.text) if piece.changed else piece.text for piece in pieces]
    unset = len(pieces) == 1 and pieces[0].text.startswith("unset")
    return tag("code", join(shown), class_="unset" if unset else "value")
