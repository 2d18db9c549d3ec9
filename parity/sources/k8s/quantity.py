"""Quantities of Kubernetes: `500m`, `1Gi`, `2e3`."""

import re
from decimal import ROUND_CEILING, Decimal

from parity.sources.ledger import Node

_QUANTITY = re.compile(
    r"(?P<number>[+-]?(?:\d{1,30}(?:\.\d{0,30})?|\.\d{1,30}))"
    r"(?:(?P<suffix>[numkMGTPE]|[KMGTPE]i)|[eE](?P<exponent>[+-]?\d{1,2}))?",
    re.ASCII,
)
_DECIMAL = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_MILLI = Decimal("0.001")


def quantity(node: Node) -> Decimal:
    """The number; DefinitionError where it is none."""
    value = node.value
    text = str(value).strip() if isinstance(value, int | float | str) else ""
    match = _QUANTITY.fullmatch(text)
    if match is None or isinstance(value, bool):
        raise node.error(f"{node.title} must be a quantity (`500m`, `1Gi`)")
    node.take()
    number, suffix = Decimal(match["number"]), match["suffix"] or ""
    if suffix.endswith("i"):
        return number * Decimal(1024 ** ("KMGTPE".index(suffix[0]) + 1))
    exponent = int(match["exponent"]) if match["exponent"] else _DECIMAL[suffix]
    return number.scaleb(exponent)


def whole(node: Node) -> int:
    """A number of bytes or pieces, rounded up as Kubernetes does."""
    return int(quantity(node).to_integral_value(ROUND_CEILING))


def cpus(node: Node) -> int | float:
    """A number of CPUs, rounded up to thousandths as Kubernetes does."""
    return plain(quantity(node).quantize(_MILLI, ROUND_CEILING))


def plain(number: Decimal) -> int | float:
    """As Docker Compose prints it: `0.5`, `2`."""
    return int(number) if number == number.to_integral_value() else float(number)
