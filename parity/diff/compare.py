"""Compare two environments: every setting whose two sides are not equal, of every pair."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

from parity.diff import defaults
from parity.diff.effective import FIELDS, IMAGE, RUNNING, effective, known
from parity.diff.files import by_other_means
from parity.diff.kinds import kind_of
from parity.diff.pairing import pair
from parity.diff.parts import parts_of
from parity.diff.settings import add_contents, flatten, of_document
from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference, Kind
from parity.model.document import ABSENT, Document, Path
from parity.model.environment import Environment
from parity.model.facts import EXTENSION, FACTS, UNREAD, layer_of
from parity.model.hidden import relation
from parity.model.setting import Layer

_KEYED = frozenset(
    {"ports", "volumes", "tmpfs", "configs", "secrets", "ulimits", "networks", "depends_on"}
)
"""Fields whose entries stand or fall together: an entry of one side alone is one difference."""
_WHOLE = frozenset({"healthcheck", "logging", "build"})
"""So are these fields as a whole."""
_PROBES = ("x-parity", "probes")
"""Each kind of probe is one entry below it."""
_DERIVED = frozenset({"networks", "depends_on", "restart"})
"""What sources of notations without them make of other things: namespaces, the order of containers,
whether a task needs one."""
_SAME: Mapping[tuple[str, ...], frozenset[str]] = {
    ("restart",): frozenset({"always", "unless-stopped"})
}
"""Values that differ only after somebody stopped a container by hand."""

_EFFECTIVE = ((IMAGE, Layer.IMAGE), (RUNNING, Layer.RUNNING))
"""Facts that decide what settings are, not only stand beside them."""


def compare(
    left: Environment, right: Environment, *, pairs: Mapping[str, str] | None = None
) -> Comparison:
    """All differences. Secrets of both documents must be concealed already (`secrecy.conceal`)."""
    read = left.layers & right.layers
    one, two = side(left, read), side(right, read)
    joined, only_left, only_right = pair(one, two, pairs or {})
    roots = {root for root, layer in _EFFECTIVE if layer in read}
    if roots:
        one, two, joined = _as_they_run(one, two, joined, roots)
    if read - {Layer.DECLARED}:
        joined = tuple(map(_comparable, joined))
    found = [_unpaired(name, one.services[name], Kind.ONLY_LEFT) for name in only_left]
    found += [_unpaired(name, two.services[name], Kind.ONLY_RIGHT) for name in only_right]
    hazy: list[Difference] = []
    for both in joined:
        told, untold = by_other_means(_of_pair(both, one, two))
        found += told
        hazy += untold
    found += _of_environment(one, two)
    compared = sum(len(s.settings) for each in (one, two) for s in each.services.values())
    spoken = [d for d in found if not _unspoken(d, one, two)]
    known = [d for d in spoken if not _unknown(d)]
    return Comparison(
        left=one,
        right=two,
        pairs=joined,
        only_left=only_left,
        only_right=only_right,
        differences=tuple(known),
        unspoken=tuple(d for d in found if _unspoken(d, one, two)),
        unknown=(*hazy, *(d for d in spoken if _unknown(d))),
        compared=compared,
    )


def side(environment: Environment, read: frozenset[Layer] | None = None) -> Side:
    """One environment with its settings flattened; facts of the layers `read`, or of all."""
    layers = environment.layers if read is None else read
    services = {}
    for name, document in environment.services.items():
        settings = flatten(document)
        if EXTENSION in document:
            settings = {p: v for p, v in settings.items() if layer_of(p) in layers}
        if "configs" in document or "secrets" in document:
            add_contents(settings, environment.document)
        services[name] = Service(name, settings, document)
    return Side(
        environment.name,
        services,
        environment.document,
        environment.layers,
        environment.source,
        environment.silent,
    )


def _as_they_run(
    one: Side, two: Side, joined: tuple[ServicePair, ...], read: Collection[str]
) -> tuple[Side, Side, tuple[ServicePair, ...]]:
    """The sides with what is effective in the services of which the same is known on both."""
    ones, twos, pairs = dict(one.services), dict(two.services), []
    for both in joined:
        left, right = both.left, both.right
        roots = known(left.document) & known(right.document) & frozenset(read)
        if roots:
            left, right = _as_it_runs(left, roots), _as_it_runs(right, roots)
            ones[left.name], twos[right.name] = left, right
        pairs.append(replace(both, left=left, right=right))
    return replace(one, services=ones), replace(two, services=twos), tuple(pairs)


def _as_it_runs(service: Service, roots: frozenset[str]) -> Service:
    document = effective(service.document, roots)
    merged = flatten({name: document[name] for name in FIELDS & document.keys()})
    own = ((service.document.get(EXTENSION) or {}).get(FACTS) or {}).get(RUNNING) or {}
    ran = (own.get("environment") or {}) if RUNNING in roots else {}
    inherited = {}
    for path in merged:
        if path[0] == "environment" and path[1:] and path[1] in ran:
            inherited[path] = Layer.RUNNING
        elif path not in service.settings:
            inherited[path] = Layer.IMAGE
    return Service(service.name, {**service.settings, **merged}, document, inherited)


def _unpaired(name: str, service: Service, kind: Kind) -> Difference:
    what = {"image": _image(service)} if ("image", "repository") in service.settings else "(built)"
    if kind is Kind.ONLY_LEFT:
        return Difference(name, (), kind, left=what, left_service=name)
    return Difference(name, (), kind, right=what)


def _image(service: Service) -> str:
    tag, digest = service.get("image", "tag"), service.get("image", "digest")
    text = str(service.get("image", "repository"))
    return text + (f":{tag}" if tag else "") + (f"@{digest}" if digest else "")


def _of_pair(both: ServicePair, one: Side, two: Side) -> Iterator[Difference]:
    left, right = both.left.settings, both.right.settings
    for path, value, other in _together(both.changed, left, right):
        made = _difference(both, path, value, other, one.source, two.source)
        if made is not None:
            yield made


def _comparable(both: ServicePair) -> ServicePair:
    """The pair without facts that were not asked for, or not answered, on both sides: what is absent
    there says nothing.
    """
    gaps = _gaps(both.left.document, both.right.document)
    if not gaps:
        return both
    left, right = (
        replace(side, settings={p: v for p, v in side.settings.items() if not _within(p, gaps)})
        for side in (both.left, both.right)
    )
    return replace(both, left=left, right=right)


def _gaps(*services: Document) -> set[Path]:
    """Paths below which nothing can be said of some of the services."""
    tables = [service.get(EXTENSION) or {} for service in services]
    found: set[Path] = set()
    for table in tables:
        facts = table.get(FACTS) or {}
        found |= {(root,) for each in tables for root in each.get(FACTS) or {} if root not in facts}
        for root, missed in (table.get(UNREAD) or {}).items():
            found |= {(root, str(what)) for what in missed}
    return found


def _within(path: Path, gaps: Collection[Path]) -> bool:
    return path[:1] in gaps or path[:2] in gaps


def _layer(both: ServicePair, path: Path) -> Layer:
    found = [side.inherited[path] for side in (both.left, both.right) if path in side.inherited]
    return max(found, key=list(Layer).index) if found else layer_of(path)


def _together(
    changed: Iterable[Path], left: Mapping[Path, Any], right: Mapping[Path, Any]
) -> Iterator[tuple[Path, Any, Any]]:
    """The changed settings with both values; entries of one side alone as one."""
    groups: dict[Path, list[Path]] = {}
    for path in changed:
        groups.setdefault(_entry(path), []).append(path)
    for entry, paths in groups.items():
        if len(entry) < len(paths[0]):
            alone = [_entry_value(entry, settings) for settings in (left, right)]
            if ABSENT in alone:
                yield entry, alone[0], alone[1]
                continue
        for path in paths:
            yield path, left.get(path, ABSENT), right.get(path, ABSENT)


def _entry(path: Path) -> Path:
    if path[0] in _KEYED:
        return path[:2]
    if path[:2] == _PROBES:
        return path[:3]
    return path[:1] if path[0] in _WHOLE else path


def _entry_value(entry: Path, settings: Mapping[Path, Any]) -> Any:
    """What a side has below an entry: one value, a table of them, or ABSENT."""
    length = len(entry)
    below = {path[length:]: v for path, v in settings.items() if path[:length] == entry}
    if not below:
        return ABSENT
    if () in below and len(below) == 1:
        return below[()]
    return {".".join(map(str, path)): value for path, value in below.items() if path}


def _difference(
    both: ServicePair, path: Path, left: Any, right: Any, source: str, other_source: str
) -> Difference | None:
    if relation(left, right) == "same":
        return None
    same = _SAME.get(tuple(map(str, path)))
    defaulted = [
        defaults.of(path, name) if value is ABSENT else None
        for value, name in ((left, source), (right, other_source))
    ]
    effective = [
        default.value if default is not None and default.value is not None else value
        for value, default in zip((left, right), defaulted, strict=True)
    ]
    if effective[0] == effective[1] or (same and set(map(str, effective)) <= same):
        return None
    words = [default.words if default is not None else "" for default in defaulted]
    return Difference(
        both.right.name,
        path,
        kind_of(path, left, right),
        left,
        right,
        left_default=words[0],
        right_default=words[1],
        parts=parts_of(path, left, right),
        layer=_layer(both, path),
        left_service=both.left.name if both.left.name != both.right.name else "",
    )


def _of_environment(one: Side, two: Side) -> Iterator[Difference]:
    if one.source != two.source:
        return  # Networks, volumes and ingress rules are each notation's own words.
    left, right = of_document(one.document), of_document(two.document)
    for path in dict.fromkeys((*left, *right)):
        value, other = left.get(path, ABSENT), right.get(path, ABSENT)
        if value != other and relation(value, other) != "same":
            parts = parts_of(path, value, other)
            yield Difference("", path, kind_of(path, value, other), value, other, parts=parts)


def _unspoken(difference: Difference, one: Side, two: Side) -> bool:
    """Whether a notation has no words for the setting, so that the difference says nothing.

    What stands on such a side alone was made up by its source, so that the stack can run. What both set
    is a difference, but for the few settings that sources always make up.
    """
    if not difference.path:
        return False
    silent = one.silent | two.silent
    if ABSENT not in (difference.left, difference.right):
        return difference.path[0] in _DERIVED and difference.path[0] in silent
    return any(covers(pattern, difference.path) for pattern in silent)


def covers(pattern: str, path: Path) -> bool:
    """Whether a dotted pattern (`ulimits`, `deploy.resources`, `configs.*.mode`) is the path or something
    above it; `*` stands for one part, and at the end for all that is below.
    """
    wanted = parts_of_pattern(pattern)
    if len(path) < len(wanted):
        return False
    for word, part in zip(wanted, path, strict=False):
        if word not in ("*", part) and word != str(part):
            return False
    return True


@lru_cache(maxsize=1024)
def parts_of_pattern(pattern: str) -> tuple[str, ...]:
    """The parts of a dotted pattern, without a `*` at its end."""
    return tuple(pattern.removesuffix(".*").split("."))


def _unknown(difference: Difference) -> bool:
    """Whether nothing can be said, since a side's value is where parity cannot look."""
    values = (difference.left, difference.right)
    return ABSENT not in values and relation(*values) == "unknown"
