"""`$(VAR)` in values, commands and arguments, by Kubernetes' rules."""

import re
from collections.abc import Mapping

_VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\((?P<name>[^)]*)\))")


def expand(text: str, known: Mapping[str, str]) -> str:
    """Replace `$(NAME)` of known variables; `$$` is a dollar, unknown names stay as written."""

    def replaced(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        return known.get(match["name"], match[0])

    return _VARIABLE.sub(replaced, text)
