"""How a document refers to a secret: `${secret:NAME}`. Values never stand in a document."""

import re

REFERENCE = re.compile(r"\$\{secret:([^}]+)\}")


def reference(name: str) -> str:
    """How a document refers to a secret."""
    return f"${{secret:{name}}}"


def names_in(text: str) -> tuple[str, ...]:
    """The secrets a text refers to."""
    return tuple(REFERENCE.findall(text))
