"""Names of states and forks."""

import re

from parity.errors import UsageError

_NAME = re.compile(r"^[a-z0-9][a-z0-9_.-]{0,47}")


def check(name: str, kind: str = "state") -> str:
    """The name itself; UsageError where it is none."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"not a name for a {kind}: `{name}`",
            next_step="small letters, digits, `-`, `_` and `.`, 48 characters at most",
        )
    return name
