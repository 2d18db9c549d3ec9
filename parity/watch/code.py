"""Code that changed: which rules it falls under, and what they ask for."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.model.stack import Container
from parity.watch.ignored import Git
from parity.watch.rules import Rule, Scope
from parity.watch.tree import Delta, Tree


@dataclass(frozen=True)
class Work:
    """What is to be done, by rule and by service."""

    syncs: tuple[tuple[Rule, Delta], ...] = ()
    rebuilds: tuple[str, ...] = ()
    restarts: tuple[str, ...] = ()
    hooks: tuple[Rule, ...] = ()
    paths: tuple[Path, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.paths


class Code:
    """The trees of all `develop.watch` rules."""

    def __init__(self) -> None:
        self._trees: dict[Rule, Tree] = {}
        self._containers: dict[str, frozenset[str]] = {}

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules, in the order of the definition."""
        return tuple(self._trees)

    def adopt(self, rules: Iterable[Rule], root: Path) -> None:
        """Go by these rules from now on; what is known of a rule that stays is kept."""
        git = Git(root)
        before = self._trees
        self._trees = {}
        for rule in rules:
            scope = Scope(rule, git)
            tree = before.get(rule)
            if tree is None:
                tree = Tree(scope)
            else:
                tree.again(scope)
            self._trees[rule] = tree

    @property
    def moved(self) -> bool:
        """Whether anything changed since the watch began."""
        return any(tree.moved for tree in self._trees.values())

    def differs(self, paths: Iterable[Path] | None) -> bool:
        """Whether `work` would find something to do; it still will."""
        places = None if paths is None else list(paths)
        return any(tree.differs(places) for tree in self._trees.values())

    def forget_containers(self) -> None:
        """Take those that are there for new ones the next time."""
        self._containers = {}

    def work(self, paths: Iterable[Path] | None) -> Work:
        """What changes at these paths ask for; None: look everywhere. A rebuild makes syncs needless."""
        places = None if paths is None else list(paths)
        deltas = [(tree.scope.rule, tree.update(places)) for tree in self._trees.values()]
        moved = [(rule, delta) for rule, delta in deltas if not delta.empty]
        rebuilds = tuple(dict.fromkeys(r.service for r, _ in moved if r.action == "rebuild"))
        rest = [(rule, delta) for rule, delta in moved if rule.service not in rebuilds]
        return Work(
            syncs=tuple((rule, delta) for rule, delta in rest if rule.syncs),
            rebuilds=rebuilds,
            restarts=tuple(
                dict.fromkeys(r.service for r, _ in rest if r.action in ("restart", "sync+restart"))
            ),
            hooks=tuple(rule for rule, _ in rest if rule.action == "sync+exec"),
            paths=tuple(dict.fromkeys(p for rule, delta in moved for p in _paths(rule, delta))),
        )

    def first(
        self, containers: Mapping[str, Sequence[Container]]
    ) -> tuple[tuple[Rule, Delta], ...]:
        """What containers that were not seen before lack: edits that the ones before them got, and for
        `initial_sync` all that is there.
        """
        fresh = {
            service
            for service, some in containers.items()
            if not {c.id for c in some} <= self._containers.get(service, frozenset())
        }
        self._containers = {
            service: frozenset(c.id for c in some) for service, some in containers.items()
        }
        found = []
        for rule, tree in self._trees.items():
            names = tree.known.keys() if rule.initial else tree.moved & tree.known.keys()
            if rule.syncs and rule.service in fresh and names:
                found.append((rule, Delta(tuple(sorted(names)))))
        return tuple(found)


def _paths(rule: Rule, delta: Delta) -> Iterable[Path]:
    return (rule.path / n if n else rule.path for n in (*delta.changed, *delta.gone))
