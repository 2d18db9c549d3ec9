"""Numbers in texts that come from outside: of any length and script."""

import re

_WHOLE = re.compile(r"[0-9]{1,15}", re.ASCII)


def whole(text: object) -> int | None:
    """The whole number that a text is; None for what is none, or larger than any setting's."""
    given = str(text).strip() if isinstance(text, str) else ""
    return int(given) if _WHOLE.fullmatch(given) else None
