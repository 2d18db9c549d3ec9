"""The catalogue: every tagged function of this package and of the `parity.rules` entry points."""

import pkgutil
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from parity.errors import UsageError
from parity.rules.contract import TAG, Rule

_GROUP = "parity.rules"
_ID = re.compile(r"[A-Z]{2}\d{3}")
_NAME = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Catalogue:
    """Rules in id order, found by id, name or alias."""

    rules: tuple[Rule, ...]

    def find(self, text: str) -> Rule | None:
        """The rule of this id, name or alias, whatever its case."""
        wanted = text.strip().lower()
        for rule in self.rules:
            if wanted in (rule.id.lower(), rule.name, *map(str.lower, rule.aliases)):
                return rule
        return None

    def get(self, text: str) -> Rule:
        """Like `find`; an unknown one is the user's mistake."""
        import difflib

        rule = self.find(text)
        if rule is None:
            known = [name for each in self.rules for name in (each.id, each.name)]
            near = difflib.get_close_matches(text, known, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "`parity explain` lists all rules"
            raise UsageError(f"no rule called `{text}`", next_step=hint)
        return rule


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """All rules. Raises ValueError for two of one id, or an id or name of the wrong form."""
    return build([*_families(), *plugins()])


def build(modules: Iterable[ModuleType]) -> Catalogue:
    """A catalogue of the rules in some modules."""
    rules = sorted((rule for module in modules for rule in rules_in(module)), key=lambda r: r.id)
    taken: dict[str, Rule] = {}
    for rule in rules:
        if not _ID.fullmatch(rule.id) or not _NAME.fullmatch(rule.name):
            raise ValueError(f"not an id and name of a rule: {rule.id} {rule.name}")
        for word in (rule.id, rule.name, *rule.aliases):
            if word in taken:
                raise ValueError(f"{word} is the name of two rules")
            taken[word] = rule
    return Catalogue(tuple(rules))


def rules_in(module: ModuleType) -> Iterator[Rule]:
    """The tagged functions that a module defines itself."""
    for thing in vars(module).values():
        rule = getattr(thing, TAG, None)
        if isinstance(rule, Rule) and thing.__module__.startswith(module.__name__):
            yield rule


def _families() -> Iterator[ModuleType]:
    for found in pkgutil.iter_modules(import_module("parity.rules").__path__):
        yield import_module(f"parity.rules.{found.name}")


def plugins() -> Iterator[ModuleType]:
    """The modules of rules that other installed packages bring."""
    if any(_may_bring_rules(Path(folder)) for folder in sys.path):
        from importlib.metadata import entry_points

        for point in entry_points(group=_GROUP):
            yield point.load()


def _may_bring_rules(folder: Path) -> bool:
    """Whether a package installed in a folder may announce rules. Few machines have such a package, and
    importing what reads the announcements would be a tenth of what `parity check` imports.
    """
    if folder.suffix == ".egg" or not folder.is_dir():
        return folder.exists()  # an archive: who knows
    files = folder.glob("*-info/entry_points.txt")
    return any(_GROUP.encode() in _content(file) for file in files)


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        return b""
