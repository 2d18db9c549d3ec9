"""Logs stay on this machine: a log driver works from the engine's side and passes no guard."""

from parity.model.document import ABSENT
from parity.stack.context import Context
from parity.stack.draft import Draft

_LOCAL = frozenset({"json-file", "local", "journald", "none"})


def apply(draft: Draft, context: Context) -> None:
    """Replace log drivers that ship elsewhere."""
    del context
    for name, service in draft.services():
        driver = (service.get("logging") or {}).get("driver")
        if driver and driver not in _LOCAL:
            reason = f"`{driver}` would ship this laptop's logs to production's collector"
            draft.rewrite(("services", name, "logging"), ABSENT, reason)
