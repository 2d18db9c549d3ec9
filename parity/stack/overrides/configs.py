"""Configs taken from a variable become files: Compose hands them over only at its own start."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

from parity.model.document import ABSENT
from parity.model.override import SECRET
from parity.model.project import EnvironmentTable
from parity.secrecy.detect import is_secret
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.secrets import Shape

_REASON = "Compose hands a variable's value over only where it starts the container itself"

_VARIABLE = re.compile(
    r"\$(?:\{(?P<braced>\w+)(?::?-(?P<default>[^}]*))?\}|(?P<bare>[A-Za-z_]\w*))"
)


def apply(draft: Draft, context: Context) -> None:
    """Rewrite `environment: NAME` of a config to its content; a secret one to a stand-in."""
    variables: Mapping[str, str] | None = None
    for name, body in dict(draft.document.get("configs") or {}).items():
        variable = (body or {}).get("environment")
        if not variable:
            continue
        variables = _variables(draft, context) if variables is None else variables
        value = variables.get(variable, "")
        secret = variable in context.vault.declared or is_secret(variable, value)
        path = ("configs", name)
        draft.rewrite((*path, "environment"), ABSENT, _REASON)
        if secret:
            content = context.vault.ensure(variable, Shape.of(value) if value else None)
            draft.rewrite((*path, "content"), content, _REASON, production=SECRET)
        else:
            draft.rewrite((*path, "content"), value, _REASON)


def _variables(draft: Draft, context: Context) -> Mapping[str, str]:
    """What Compose interpolates from: the shell's variables win, then the last env file's."""
    table = context.project.environments.get(draft.production.name, EnvironmentTable())
    files = [context.root / file for file in table.env_files] or [
        Path(file).parent / ".env" for file in draft.production.files[:1]
    ]
    values: dict[str, str] = {}
    for file in files:
        values |= _read(file, values)
    return {**values, **os.environ}


def _read(file: Path, earlier: Mapping[str, str]) -> dict[str, str]:
    from dotenv.parser import parse_stream

    values: dict[str, str] = {}
    try:
        with file.open(encoding="utf-8") as stream:
            bindings = list(parse_stream(stream))
    except (OSError, UnicodeDecodeError):
        return values  # Compose has read the definition, so there is none
    for binding in bindings:
        if binding.key is None or binding.value is None:
            continue
        # Unlike python-dotenv, Compose expands `$NAME` too, and nothing within single quotes.
        literal = binding.original.string.partition("=")[2].lstrip().startswith("'")
        known = {**earlier, **values, **os.environ}
        values[binding.key] = binding.value if literal else _expanded(binding.value, known)
    return values


def _expanded(text: str, known: Mapping[str, str]) -> str:
    return _VARIABLE.sub(
        lambda found: known.get(found["braced"] or found["bare"]) or found["default"] or "", text
    )
