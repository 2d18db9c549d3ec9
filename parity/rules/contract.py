"""What a rule is: one tagged function whose docstring is its page.

Three shapes, told apart by the tag:

`@single` gets one Difference and its Comparison: "this setting differs, and that means …".
`@pair`   gets one ServicePair: several settings of one service, both sides at hand.
`@joint`  gets one Side: several settings of one environment that do not go together. It runs on both
          sides; what holds on both is no difference between them and ranks below what holds on one.

A function that finds something elsewhere, such as in the lock, is tagged `@outside`.

A rule yields `Found`, prints nothing and reads nothing else. Rules live in `rules/FAMILY.py`, in id
order, and are found by walking the package; the tag only marks the function.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from parity.diff.view import Comparison, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import Path
from parity.model.finding import Severity
from parity.model.setting import Layer

Shape = Literal["single", "pair", "joint", "outside"]
TAG = "__parity_rule__"
_DECLARED = (Layer.DECLARED,)

Single = Callable[[Difference, Comparison], Iterator["Found"]]
Pairwise = Callable[[ServicePair], Iterator["Found"]]
Joint = Callable[[Side], Iterator["Found"]]


@dataclass(frozen=True)
class Found:
    """What a rule found. `at` are (service, path below it), the culprit first; a single rule may
    leave it out, since it speaks of its difference. `severity` overrides the rule's own.
    """

    message: str
    fix: str = ""
    at: tuple[tuple[str, Path], ...] = ()
    severity: Severity | None = None


@dataclass(frozen=True)
class Rule:
    """A rule as the registry lists it."""

    id: str
    name: str
    severity: Severity
    shape: Shape
    function: Callable[..., Iterator[Found]]
    paths: tuple[str, ...] = ()
    """Patterns of the settings it looks at, dotted, `*` for one part or more at the end
    (`environment.*`, `deploy.resources.limits.memory`). Empty: all. A single is asked about these alone,
    a pair only where one of them differs."""
    names: tuple[re.Pattern[str], ...] = ()
    """For singles: patterns of which the last part of the path, such as a variable's name, holds one.
    Empty: any name."""
    alone: bool = False
    """For singles: what it finds follows from the setting's name, the values, and what the environments are
    called. So the same difference of many services is looked at once."""
    equal: bool = False
    """For pairs: asked about services without a difference, too, since being equal may be the trouble."""
    mutual: bool = False
    """For joints: no difference either where all settings it names are alike on both sides, though it
    was found on one: something else hides it on the other."""
    words: tuple[str, ...] = ()
    """For pairs and joints: runs of lower-case letters (`keepalive`, `pool`) of which at least one occurs
    in the variables, values or names of every service it has something to say of. Empty: asked about
    all. Most services have nothing to do with most rules; this is what keeps a thousand of them cheap."""
    reads: tuple[Layer, ...] = _DECLARED
    generic: bool = False
    """Speaks only where no particular rule has something to say of the same setting."""
    silent: bool = False
    """What goes wrong gives no error message: ranks before what crashes."""
    symptoms: tuple[str, ...] = ()
    """Regular expressions (case-insensitive) for what the user sees; `--symptom` lifts matches."""
    since: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The two letters of the id."""
        return self.id[:2]

    @property
    def severities(self) -> tuple[Severity, ...]:
        """Its own, then those that its findings may have instead, worst first."""
        named = _constants(self.function, set())
        others = [each for each in Severity if each.name in named and each is not self.severity]
        return (self.severity, *others)

    @property
    def levels(self) -> str:
        """`warning; in some cases error or info`: how severe its findings are."""
        own, *others = self.severities
        return own.value + (f"; in some cases {' or '.join(others)}" if others else "")

    @property
    def page(self) -> str:
        """The docstring, without its indentation."""
        import inspect

        return inspect.getdoc(self.function) or ""


def _constants(function: Any, seen: set[Any]) -> set[str]:
    """The names that a function and the helpers beside it speak of."""
    seen.add(function)
    names = set(function.__code__.co_names)
    for name in tuple(names):
        helper = function.__globals__.get(name)
        mine = getattr(helper, "__module__", None) == function.__module__
        if mine and hasattr(helper, "__code__") and helper not in seen:
            names |= _constants(helper, seen)
    return names


def single(id: str, name: str, severity: Severity, **options: Any) -> Callable[[Single], Single]:  # noqa: A002
    """Tag a rule that looks at one difference."""
    return _tag(id, name, severity, "single", options)


def pair(id: str, name: str, severity: Severity, **options: Any) -> Callable[[Pairwise], Pairwise]:  # noqa: A002
    """Tag a rule that looks at both sides of one service."""
    return _tag(id, name, severity, "pair", options)


def joint(id: str, name: str, severity: Severity, **options: Any) -> Callable[[Joint], Joint]:  # noqa: A002
    """Tag a rule that looks at one side as a whole."""
    return _tag(id, name, severity, "joint", options)


def outside(id: str, name: str, severity: Severity, **options: Any) -> Callable[[Any], Any]:  # noqa: A002
    """Tag a function that finds something without looking at a comparison (a waiver, the lock): it has
    a page and an id like a rule, and is called by name.
    """
    return _tag(id, name, severity, "outside", options)


def _tag(
    id: str,  # noqa: A002
    name: str,
    severity: Severity,
    shape: Shape,
    options: dict[str, Any],
) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        setattr(function, TAG, Rule(id, name, severity, shape, function, **options))
        return function

    return mark
