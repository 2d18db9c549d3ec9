"""EN: keys of several lines, whose line ends were changed on their way into the container."""

import re
from collections.abc import Iterator
from typing import Any

from parity.diff.view import Comparison
from parity.model.difference import Difference
from parity.model.finding import Severity
from parity.model.hidden import Hidden
from parity.rules._values import text
from parity.rules.contract import Found, single

_WRITTEN = re.compile(r"(\\+)(?:r\\+)?n")
_KEY = "-----BEGIN "


@single(
    "EN036", "environment.line-ends-of-a-key", Severity.ERROR, alone=True, paths=("environment.*",),
    symptoms=(r"PEM|no start line|DECODER|unsupported", r"invalid (?:key|signature|token)", r"\b401\b",
              r"could not (?:parse|deserialize)"), since="0.3",
)  # fmt: skip
def line_ends_of_a_key(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    r"""A key in PEM form has real line ends in one environment, and a backslash and an n in the other.

    What it compares:
        How the lines of PEM keys and certificates in variables end: really, as `\n`, or as `\\n`.

    Why it matters:
        Files of variables hold one line each, so each tool writes line ends in its own way, and not every
        tool turns them back. The library finds no start line; every signature and every login fails.

    Example:
        local: a key of 28 lines
        production: the same on one line, with `\n` between

    What to do:
        Mount the key as a file, or keep it in base64; else turn `\n` into line ends in the program.

    When to ignore it:
        When the program takes both.

    References:
        RFC 7468; Docker Compose, env file syntax. Incidents multiline-clawdi-pem,
        multiline-kamal-pem-double-escaped.
    """
    sides = [_ends(value) for value in (difference.left, difference.right)]
    if None in sides or sides[0] == sides[1]:
        return
    one, two = comparison.left.name, comparison.right.name
    yield Found(
        f"the lines of the key in `{difference.path[-1]}` end {sides[0]} in {one} and {sides[1]} in {two}",
        f"mount the key as a file, or write {difference.path[-1]} in base64",
    )


def _ends(value: Any) -> str | None:
    """How its lines end; None for what is no key."""
    if isinstance(value, Hidden):
        written = next((edge for edge in value.edges if edge.startswith("line ends")), "")
        real = "really" if value.kind == "pem" else None
        return f"as {written.rpartition(' ')[2]}" if written else real
    given = text(value)
    if given is None or _KEY not in given:
        return None
    found = _WRITTEN.search(given)
    return f"as {found[1]}n" if found else "really"
