"""Volumes belong to the stack: never production's storage, never another stack's."""

from parity.model.document import ABSENT
from parity.stack.context import Context
from parity.stack.draft import Draft


def apply(draft: Draft, context: Context) -> None:
    """Names, drivers and external volumes."""
    for key, body in dict(draft.document.get("volumes") or {}).items():
        path = ("volumes", key)
        volume = body or {}
        if not volume:
            draft.add(path, {})
        if volume.get("external"):
            draft.rewrite(
                (*path, "external"), ABSENT, "production's volume is not here: one of the stack"
            )
        if volume.get("driver") not in (None, "local"):
            reason = f"`{volume['driver']}` is production's storage: a local volume"
            draft.rewrite((*path, "driver"), ABSENT, reason)
            draft.rewrite((*path, "driver_opts"), ABSENT, reason)
        elif (volume.get("driver_opts") or {}).get("type") not in (None, "tmpfs"):
            draft.rewrite(
                (*path, "driver_opts"),
                ABSENT,
                "storage of production's hosts or network: a local volume",
            )
        draft.rewrite(
            (*path, "name"), f"{context.identity.name}_{key}", "volumes belong to one stack"
        )
