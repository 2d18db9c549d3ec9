"""What is kept of a secret's value: never the value."""

from dataclasses import dataclass

UNKNOWN = "unknown"
"""Kind of a value that exists where parity cannot look: a vault, a sealed secret, a parameter store."""


@dataclass(frozen=True)
class Hidden:
    """Stands in a document where a secret's value stood.

    `kind` says what it looks like (`alnum`, `hex`, `base64`, `printable`, `jwt`, `pem`, …) or UNKNOWN.
    `length` is in characters, 0 where it is unknown. `fingerprint` is `scrypt:KEYID:HEX`, or empty for
    values that are too short or too plain to have one. `edges` names what is odd at the value's ends
    (`space before`, `newline after`, `quotes around`, `carriage return`), since that breaks logins.
    `name` is the secret it is known under, where it has a name of its own.
    """

    kind: str
    length: int = 0
    fingerprint: str = ""
    edges: tuple[str, ...] = ()
    name: str = ""

    def __str__(self) -> str:
        """As shown to people."""
        if self.kind == UNKNOWN:
            return (
                f"(secret {self.name}, value not known here)" if self.name else "(secret, unknown)"
            )
        parts = [f"{self.length} {self.kind}" if self.length else self.kind, *self.edges]
        return f"(secret: {', '.join(parts)})"
