"""Profiles are chosen when production is read; the document that runs is what they gave.

It is read a second time on its own, so it must neither ask for profiles again nor for services that
none of the active ones brings.
"""

from parity.model.document import ABSENT
from parity.stack.context import Context
from parity.stack.draft import Draft


def apply(draft: Draft, context: Context) -> None:
    """Drop the profiles, and what `required: false` allows to be missing."""
    del context
    known = draft.document["services"]
    for name, service in draft.services():
        if service.get("profiles"):
            reason = "chosen in parity.toml or on the command line already"
            draft.rewrite(("services", name, "profiles"), ABSENT, reason)
        for other, how in (service.get("depends_on") or {}).items():
            if other not in known and not (how or {}).get("required", True):
                reason = f"`{other}` is in no active profile"
                draft.rewrite(("services", name, "depends_on", other), ABSENT, reason)
