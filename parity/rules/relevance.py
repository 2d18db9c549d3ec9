"""Which differences and services a rule is asked about: most rules have nothing to say of most services."""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from parity.diff.compare import covers, parts_of_pattern
from parity.diff.view import Comparison, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import Path
from parity.rules.contract import Rule

_NOTHING: Mapping[str, list[Path]] = {}


class Relevance:
    """Answers for one comparison; differences are grouped once, by service and by first part of path."""

    def __init__(self, comparison: Comparison) -> None:
        self._all = comparison.differences
        self._by_head: dict[str, list[Difference]] = {}
        self._changed: dict[str, dict[str, list[Path]]] = {}
        for difference in comparison.differences:
            head = str(difference.path[0]) if difference.path else ""
            self._by_head.setdefault(head, []).append(difference)
            heads = self._changed.setdefault(difference.service, {})
            heads.setdefault(head, []).append(difference.path)

    def differences(self, rule: Rule) -> Iterable[Difference]:
        """Those a single rule looks at."""
        if not rule.paths:
            return self._all
        found: list[Difference] = []
        for head, patterns in _heads(rule.paths).items():
            group = self._by_head.get(head, [])
            # A pattern of one part takes all that begins with it.
            if not patterns:
                found += group
            else:
                found += [d for d in group if any(covers(each, d.path) for each in patterns)]
        return found

    def concerns(self, rule: Rule, pair: ServicePair) -> bool:
        """Whether a pair rule can have something to say: a setting of its own differs, a word occurs."""
        changed = self._changed.get(pair.right.name, _NOTHING)
        if not changed and not rule.equal:
            return False
        if rule.paths and not _touched(rule, changed):
            return False
        return not rule.words or not (
            pair.left.tokens.isdisjoint(rule.words) and pair.right.tokens.isdisjoint(rule.words)
        )

    def concerns_side(self, rule: Rule, side: Side) -> bool:
        """Whether a joint rule can have something to say: one of its words occurs."""
        return not rule.words or not side.tokens.isdisjoint(rule.words)


def _touched(rule: Rule, changed: Mapping[str, list[Path]]) -> bool:
    for head, patterns in _heads(rule.paths).items():
        paths = changed.get(head)
        if paths and (not patterns or any(covers(p, path) for path in paths for p in patterns)):
            return True
    return False


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
