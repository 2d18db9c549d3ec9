"""Which differences and services a rule is asked about: most rules have nothing to say of most services."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Final

from parity.diff.compare import covers, parts_of_pattern
from parity.diff.view import Comparison, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.rules.contract import Rule

_PLAIN: Final = frozenset({str, type(ABSENT)})


class Relevance:
    """Answers for one comparison, or some of its services; differences are grouped once, by first part of
    path and by service.
    """

    def __init__(self, comparison: Comparison, services: frozenset[str] = frozenset()) -> None:
        self._sides = (comparison.left, comparison.right)
        self._pairs = [p for p in comparison.pairs if not services or p.name in services]
        self._differences = [
            d for d in comparison.differences if not services or d.service in services
        ]
        self._by_head: dict[str, list[Difference]] = {}
        self._changed: dict[str, dict[str, list[Path]]] = {}
        """Paths of differences, by first part and then by service."""
        self._touched: dict[tuple[str, ...], Sequence[ServicePair]] = {}
        self._alike: dict[tuple[str, ...], list[list[Difference]]] = {}
        for difference in self._differences:
            head = str(difference.path[0]) if difference.path else ""
            self._by_head.setdefault(head, []).append(difference)
            by_service = self._changed.setdefault(head, {})
            by_service.setdefault(difference.service, []).append(difference.path)

    def differences(self, rule: Rule) -> Iterable[Difference]:
        """Those a single rule looks at."""
        found = self._fitting(rule.paths) if rule.paths else self._differences
        return _called(found, rule.names) if rule.names else found

    def alike(self, rule: Rule) -> Iterable[Sequence[Difference]]:
        """Those a single rule looks at, which are the same but for the service together; only plain texts,
        since of what is hidden nobody knows whether it is the same.
        """
        if rule.names or not rule.alone:
            return ((difference,) for difference in self.differences(rule))
        if rule.paths not in self._alike:
            groups: dict[object, list[Difference]] = {}
            for each in self.differences(rule):
                plain = type(each.left) in _PLAIN and type(each.right) in _PLAIN
                key = (each.path, each.left, each.right, each.kind) if plain else id(each)
                groups.setdefault(key, []).append(each)
            self._alike[rule.paths] = list(groups.values())
        return self._alike[rule.paths]

    def _fitting(self, paths: tuple[str, ...]) -> list[Difference]:
        found: list[Difference] = []
        for head, patterns in _heads(paths).items():
            group = self._by_head.get(head, [])
            # A pattern of one part takes all that begins with it.
            if not patterns:
                found += group
            else:
                found += [d for d in group if any(covers(each, d.path) for each in patterns)]
        return found

    def pairs(self, rule: Rule) -> Iterable[ServicePair]:
        """Those a pair rule can have something to say of: a setting of its own differs, a word occurs."""
        told = [w for w in rule.words if any(w in side.tokens for side in self._sides)]
        if rule.words and not told:
            return ()
        pairs: Sequence[ServicePair] = self._pairs
        if rule.paths or not rule.equal:
            pairs = self._with_differences(rule.paths)
        if not told:
            return pairs
        left, right = (frozenset(side.saying(*told)) for side in self._sides)
        return [p for p in pairs if p.left.name in left or p.right.name in right]

    def concerns_side(self, rule: Rule, side: Side) -> bool:
        """Whether a joint rule can have something to say: one of its words occurs."""
        return not rule.words or not side.tokens.isdisjoint(rule.words)

    def _with_differences(self, paths: tuple[str, ...]) -> Sequence[ServicePair]:
        """The pairs with a difference that fits some patterns, or any where there are none."""
        if paths not in self._touched:
            heads = _heads(paths) if paths else dict.fromkeys(self._changed, ())
            names = {
                service
                for head, patterns in heads.items()
                for service, changed in self._changed.get(head, {}).items()
                if not patterns or any(covers(p, path) for path in changed for p in patterns)
            }
            self._touched[paths] = [p for p in self._pairs if p.name in names]
        return self._touched[paths]


def _called(
    differences: Sequence[Difference], patterns: tuple[re.Pattern[str], ...]
) -> list[Difference]:
    """Those of some names. Services share most names of variables, so each is looked at once."""
    names = {d.path[-1] for d in differences if d.path}
    fitting = {name for name in names if any(each.search(str(name)) for each in patterns)}
    return [d for d in differences if d.path and d.path[-1] in fitting]


@lru_cache(maxsize=512)
def _heads(paths: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """Patterns by their first part; none where one of them is that part alone."""
    heads: dict[str, list[str] | None] = {}
    for pattern in paths:
        head, *rest = parts_of_pattern(pattern)
        known = heads.setdefault(head, [])
        if not rest:
            heads[head] = None
        elif known is not None:
            known.append(pattern)
    return {head: tuple(known or ()) for head, known in heads.items()}
