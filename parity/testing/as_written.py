"""Secrets of a test's own Compose files stay as they are written: the tests know them by heart."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from parity.model.document import ABSENT, get, show
from parity.model.environment import Environment
from parity.model.override import SECRET, Override
from parity.model.project import OverrideTable

_REASON = "the tests' own value: there is no production whose secret it could be"


def restored(environment: Environment, overrides: Iterable[Override]) -> tuple[OverrideTable, ...]:
    """Rewrites that undo the stand-ins which parity has put in the place of secrets."""
    tables = []
    for override in overrides:
        value = get(environment.document, override.path)
        if value is not ABSENT and value is not None and _is_ours(override, value):
            tables.append(OverrideTable(show(override.path), _REASON, value))
    return tuple(tables)


def _is_ours(override: Override, value: Any) -> bool:
    if override.path[:1] == ("secrets",) and override.path[2:] == ("file",):
        return Path(str(value)).is_file()
    return bool(override.production == SECRET)
