"""What is kept of a secret's value, never the value; and how two such records relate."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

UNKNOWN = "unknown"
"""Kind of a value that exists where parity cannot look: a vault, a sealed secret, a parameter store."""
MARK = "•••"
"""Stands in a text where a secret stood."""


class Relation(StrEnum):
    """What can be said of two secrets without their values."""

    SAME = "same"
    DIFFERS = "differs"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Hidden:
    """Stands in a document where a secret's value stood.

    `kind` says what it looks like (`alnum`, `hex`, `base64`, `printable`, `jwt`, `pem`, …) or UNKNOWN.
    `length` is in characters, 0 where it is unknown. `fingerprint` is `scrypt:KEYID:HEX`, or empty for
    values that are too short or too plain to have one. `edges` names what is odd at the value's ends
    (`space before`, `newline after`, `quotes around`, `carriage return`), since that breaks logins.
    `core` is the fingerprint of the value without these oddities, where there are any.
    `name` is the secret it is known under, where it has a name of its own; two environments may know
    one secret under two names.

    Between the two sides of one comparison, fingerprints are `run:NUMBER`: equal numbers, equal values.
    """

    kind: str
    length: int = 0
    fingerprint: str = ""
    edges: tuple[str, ...] = ()
    name: str = field(default="", compare=False)
    core: str = ""

    def __str__(self) -> str:
        """As shown to people."""
        if self.kind == UNKNOWN:
            return (
                f"(secret {self.name}, value not known here)" if self.name else "(secret, unknown)"
            )
        parts = [f"{self.length} {self.kind}" if self.length else self.kind, *self.edges]
        return f"(secret: {', '.join(parts)})"


class Concealed(str):
    """A text that held secrets: MARK stands in their places, `hidden` says what stood there, in order.

    It is the marked text for whoever prints, parses or compares parts of it; two of them are equal only
    if the texts are and nothing known of the secrets differs.
    """

    __slots__ = ("hidden",)
    hidden: tuple[Hidden, ...]

    def __new__(cls, text: str, hidden: tuple[Hidden, ...]) -> Self:
        """`text` with as many MARKs as there are `hidden`."""
        made = super().__new__(cls, text)
        made.hidden = hidden
        return made

    def __getnewargs__(self) -> tuple[str, tuple[Hidden, ...]]:  # type: ignore[override]
        """For copies."""
        return self.text, self.hidden

    @property
    def text(self) -> str:
        """The marked text as an ordinary one."""
        return str.__str__(self)

    def __eq__(self, other: object) -> bool:
        """Whether the texts are equal and nothing known of the secrets differs."""
        if not isinstance(other, Concealed):
            return False
        return str.__eq__(self, other) and self.hidden == other.hidden

    def __ne__(self, other: object) -> bool:
        """The opposite of equal."""
        return not self == other

    def __hash__(self) -> int:
        """Of the text."""
        return str.__hash__(self)

    def __repr__(self) -> str:
        """The marked text and the records."""
        return f"Concealed({self.text!r}, {self.hidden!r})"


def relation(left: Any, right: Any) -> Relation:
    """How two values relate, at least one of which is `Hidden` or `Concealed`.

    A secret and a plain value differ, a text counts with its secrets, and what neither shape nor
    fingerprint can tell is unknown.
    """
    if isinstance(left, Hidden) and isinstance(right, Hidden):
        return _hidden(left, right)
    if isinstance(left, Concealed) and isinstance(right, Concealed):
        return _concealed(left, right)
    if UNKNOWN in (getattr(left, "kind", ""), getattr(right, "kind", "")):
        return Relation.UNKNOWN  # one side names a secret, the other shows some value: who knows
    return Relation.SAME if left == right else Relation.DIFFERS


def alike(left: Hidden, right: Hidden) -> bool:
    """Whether two different secrets are known to be one but for their edges: a newline, quotes, base64."""
    if relation(left, right) is not Relation.DIFFERS:
        return False
    return _prints(left.core or left.fingerprint, right.core or right.fingerprint) is Relation.SAME


def _hidden(left: Hidden, right: Hidden) -> Relation:
    if UNKNOWN in (left.kind, right.kind):
        return Relation.UNKNOWN
    known = _prints(left.fingerprint, right.fingerprint)
    if known is not Relation.UNKNOWN:
        return known
    same_shape = (left.kind, left.length, left.edges) == (right.kind, right.length, right.edges)
    return Relation.UNKNOWN if same_shape else Relation.DIFFERS


def _concealed(left: Concealed, right: Concealed) -> Relation:
    if left.text != right.text or len(left.hidden) != len(right.hidden):
        return Relation.DIFFERS
    relations = {_hidden(*pair) for pair in zip(left.hidden, right.hidden, strict=True)}
    for worst in (Relation.DIFFERS, Relation.UNKNOWN):
        if worst in relations:
            return worst
    return Relation.SAME


def _prints(left: str, right: str) -> Relation:
    """Fingerprints of different keys, or none, say nothing."""
    if not left or not right or left.rpartition(":")[0] != right.rpartition(":")[0]:
        return Relation.UNKNOWN
    return Relation.SAME if left == right else Relation.DIFFERS
