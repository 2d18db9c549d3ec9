"""Which services are the same: by name, by the user's mapping, then by image."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping

from parity.diff.view import Service, ServicePair, Side


def pair(
    left: Side, right: Side, mapping: Mapping[str, str]
) -> tuple[tuple[ServicePair, ...], tuple[str, ...], tuple[str, ...]]:
    """The pairs in the right side's order, and the names left over on each side."""
    found: dict[str, ServicePair] = {}
    taken: set[str] = set()

    def join(one: str, two: str, how: str) -> None:
        if one not in taken and two not in found:
            notations = (left.source, right.source)
            found[two] = ServicePair(left.services[one], right.services[two], how, notations)
            taken.add(one)

    for one, two in mapping.items():
        if one in left.services and two in right.services:
            join(one, two, "mapping")
    for key in (str, _plain):
        names = {key(name): name for name in left.services}
        for two in right.services:
            if key(two) in names:
                join(names[key(two)], two, "name")
    for one, two in _by_affix(left, right, taken, set(found)):
        join(one, two, "name")
    for one, two in _by_image(left, right, taken, set(found)):
        join(one, two, "image")
    only_left = tuple(name for name in left.services if name not in taken)
    only_right = tuple(name for name in right.services if name not in found)
    ordered = tuple(found[name] for name in right.services if name in found)
    return ordered, only_left, only_right


def _by_affix(
    left: Side, right: Side, taken: set[str], found: set[str]
) -> Iterator[tuple[str, str]]:
    """Services left over whose name the other side only adds to: kustomize's `namePrefix: prod-`.

    One addition for all that it fits, and no service that it would fit twice.
    """
    ones = [_plain(name) for name in left.services if name not in taken]
    twos = {_plain(name): name for name in right.services if name not in found}
    names = {_plain(name): name for name in left.services if name not in taken}
    for one in ones:
        fitting = [two for two in twos if _adds(one, two) or _adds(two, one)]
        back = [o for o in ones for two in fitting if _adds(o, two) or _adds(two, o)]
        if len(fitting) == 1 and len(back) == 1:
            yield names[one], twos[fitting[0]]


def _adds(short: str, long: str) -> bool:
    """Whether a name is another with something before or after it, and a dash between."""
    return long.endswith(f"-{short}") or long.startswith(f"{short}-")


def _by_image(
    left: Side, right: Side, taken: set[str], found: set[str]
) -> Iterator[tuple[str, str]]:
    """Services left over whose image occurs exactly once among the left over of both sides."""
    ones = {n: _repository(s) for n, s in left.services.items() if n not in taken}
    twos = {n: _repository(s) for n, s in right.services.items() if n not in found}
    for key in (str, _last):
        counts = Counter(key(r) for r in ones.values()), Counter(key(r) for r in twos.values())
        for one, image in ones.items():
            for two, other in twos.items():
                if image and key(image) == key(other) and all(c[key(image)] == 1 for c in counts):
                    yield one, two


def _repository(service: Service) -> str:
    return str(service.settings.get(("image", "repository")) or "")


def _last(repository: str) -> str:
    return repository.rpartition("/")[2]


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower())
