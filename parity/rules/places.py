"""Settings of findings, ready to be shown: values in one line, details, and where they stand."""

from parity.diff import defaults, show
from parity.diff.kinds import kind_of
from parity.diff.locate import document_path
from parity.diff.parts import parts_of
from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path, get
from parity.model.document import show as written
from parity.model.facts import layer_of
from parity.model.finding import Place
from parity.model.setting import Layer, NoOrigins, Origin, Origins


class Places:
    """Makes places for one comparison; asks for origins only when a place is made."""

    def __init__(
        self, comparison: Comparison, left: Origins | None = None, right: Origins | None = None
    ) -> None:
        self._comparison = comparison
        self._names = (comparison.left.name, comparison.right.name)
        self._origins = (left or NoOrigins(), right or NoOrigins())
        self._known = {
            (d.service, d.path): d
            for group in (comparison.differences, comparison.unspoken, comparison.unknown)
            for d in group
        }

    def of(self, service: str, path: Path) -> Place:
        """One setting of the service with this name (the right side's) on both sides."""
        difference = self._known.get((service, path)) or self._undiffered(service, path)
        return Place(
            difference.setting,
            show.side(path, difference.left, difference.left_default),
            show.side(path, difference.right, difference.right_default),
            show.details(difference, self._names) if difference.left != difference.right else (),
            self._origin(0, difference.left_service or service, difference),
            self._origin(1, service, difference),
        )

    def layer(self, service: str, path: Path) -> Layer:
        """The layer that a setting was read in, on the side where it cost most."""
        known = self._known.get((service, path))
        return known.layer if known else layer_of(path)

    def _undiffered(self, service: str, path: Path) -> Difference:
        """A setting that a rule speaks of although it does not differ, or stands above differences."""
        pair = self._comparison.pair(service)
        name = pair.left.name if pair else service
        sides = (self._comparison.left, self._comparison.right)
        left, right = (
            _value(side, each, path) for side, each in zip(sides, (name, service), strict=True)
        )
        words = []
        for value, side in zip((left, right), sides, strict=True):
            default = defaults.of(path, side.source) if value is ABSENT else None
            words.append(default.words if default else "")
        return Difference(
            service,
            path,
            kind_of(path, left, right),
            left,
            right,
            left_default=words[0],
            right_default=words[1],
            parts=parts_of(path, left, right) if left != right else (),
            left_service=name if name != service else "",
        )

    def _origin(self, index: int, service: str, difference: Difference) -> Origin | None:
        side = (self._comparison.left, self._comparison.right)[index]
        value = (difference.left, difference.right)[index]
        path = difference.path
        if not difference.service:
            return self._origins[index].of(path)
        found = side.services.get(service)
        if found is None or (value is ABSENT and not path):
            return None
        return self._nearest(index, found, document_path(found, path))

    def _nearest(self, index: int, service: Service, path: Path) -> Origin | None:
        """Where the setting stands, or else the nearest thing that is written: what comes from the image,
        from a default or from several fields has no line of its own.
        """
        base: Path = ("services", service.name)
        candidates = [path[:length] for length in range(len(path), len(base) - 1, -1)]
        for candidate in (*candidates, (*base, "image"), (*base, "container_name")):
            origin = self._origins[index].of(candidate)
            if origin is not None:
                return origin
        return None


def _value(side: Side, service: str, path: Path) -> object:
    if not service:
        return get(side.document, path)
    found = side.services.get(service)
    if found is None:
        return ABSENT
    if not path:
        return _summary(found)
    value = found.settings.get(path, ABSENT)
    if value is ABSENT and "content" in path[2:-1]:
        return _directive(found, str(path[-1]))
    if value is ABSENT:
        below = {p[len(path) :]: v for p, v in found.settings.items() if p[: len(path)] == path}
        return {written(p): v for p, v in below.items()} or ABSENT
    return value


def _directive(service: Service, name: str) -> object:
    """What nginx does by the service's files: such a file's directives are named below its content."""
    from parity.rules.proxy_nginx import effective

    return " and ".join(effective(service, name)) or ABSENT


def _summary(service: Service) -> str:
    return f"image {service.get('image', 'repository')}"
