"""`$(VAR)` in values, commands and arguments, by Kubernetes' rules."""

from collections.abc import Mapping

from parity.sources.k8s.draft import Draft
from parity.sources.ledger import Node

LONGEST = 128 * 1024
"""Characters of one argument or variable: Linux starts no program with a longer one."""


def expanded(node: Node, known: Mapping[str, str], draft: Draft) -> str:
    """The text at `node` with its variables; DefinitionError where they make it grow without end."""
    text = node.text()
    if "$" not in text:
        return text
    found = expand(text, known, LONGEST)
    if found is None or draft.grows_too_much(len(found)):
        raise node.error(f"{node.title} grows too long by the variables in it")
    return found


def expand(text: str, known: Mapping[str, str], longest: int = LONGEST) -> str | None:
    """Replace `$(NAME)` of known variables; `$$` is a dollar, unknown names stay as written.

    None where the result would have more than `longest` characters and more than the text.
    """
    parts: list[str] = []
    position, length = 0, 0
    last_closing = text.rfind(")")
    while (dollar := text.find("$", position)) >= 0:
        following = text[dollar + 1 : dollar + 2]
        written, value = "$", "$"
        if following == "$":
            written = "$$"
        elif following == "(" and dollar < last_closing:
            written = text[dollar : text.find(")", dollar) + 1]
            value = known.get(written[2:-1], written)
        parts += (text[position:dollar], value)
        position = dollar + len(written)
        length += len(value)
        if length > max(longest, len(text)):
            return None
    return "".join([*parts, text[position:]])
