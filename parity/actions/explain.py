"""`parity explain`: the catalogue, and the page of one rule."""

from parity.rules.contract import Rule
from parity.rules.registry import catalogue


def rules() -> tuple[Rule, ...]:
    """All rules in id order."""
    return catalogue().rules


def explain(name: str) -> Rule:
    """The rule of this id or name; raises UsageError with the nearest name."""
    return catalogue().get(name)
