"""What the engine at hand cannot do is asked of it no more, and said."""

from parity.model.document import ABSENT, Document
from parity.stack.context import Context
from parity.stack.draft import Draft

_START_INTERVAL_SINCE = (25,)


def apply(draft: Draft, context: Context) -> None:
    """Old engines and hard limits."""
    for name, service in draft.services():
        check = service.get("healthcheck") or {}
        if "start_interval" in check and context.engine.version < _START_INTERVAL_SINCE:
            found = ".".join(map(str, context.engine.version))
            reason = f"Docker Engine {found} refuses it (needs 25); parity checks readiness itself"
            draft.rewrite(("services", name, "healthcheck", "start_interval"), ABSENT, reason)
        _ulimits(draft, context, name, service)


def _ulimits(draft: Draft, context: Context, name: str, service: Document) -> None:
    for limit, wanted in (service.get("ulimits") or {}).items():
        most = context.engine.hard_limits.get(limit)
        if most is None:
            continue
        path = ("services", name, "ulimits", limit)
        reason = f"this engine may not raise {limit} above its own hard limit, {most}"
        draft.rewrite(path, _capped(wanted, most), reason)


def _capped(wanted: object, most: int) -> object:
    if isinstance(wanted, dict):
        return {key: _capped(value, most) for key, value in wanted.items()}
    if isinstance(wanted, int):
        return most if wanted < 0 or wanted > most else wanted
    return wanted
