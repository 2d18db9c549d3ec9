"""Configs taken from a variable become files: Compose hands them over only at its own start."""

import os

from parity.model.document import ABSENT
from parity.model.override import SECRET
from parity.stack.context import Context
from parity.stack.detect import is_secret
from parity.stack.draft import Draft
from parity.stack.secrets import Shape

_REASON = "Compose hands a variable's value over only where it starts the container itself"


def apply(draft: Draft, context: Context) -> None:
    """Rewrite `environment: NAME` of a config to its content; a secret one to a stand-in."""
    for name, body in dict(draft.document.get("configs") or {}).items():
        variable = (body or {}).get("environment")
        if not variable:
            continue
        value = os.environ.get(variable, "")
        secret = variable in context.vault.declared or is_secret(variable, value)
        path = ("configs", name)
        draft.rewrite((*path, "environment"), ABSENT, _REASON)
        if secret:
            content = context.vault.ensure(variable, Shape.of(value) if value else None)
            draft.rewrite((*path, "content"), content, _REASON, production=SECRET)
        else:
            draft.rewrite((*path, "content"), value, _REASON)
