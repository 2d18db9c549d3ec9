"""Dependencies on services that no active profile brings are left out, as Compose leaves them out."""

from parity.model.document import ABSENT
from parity.stack.context import Context
from parity.stack.draft import Draft


def apply(draft: Draft, context: Context) -> None:
    """Drop what `required: false` allows to be missing; the document is read a second time alone."""
    del context
    known = draft.document["services"]
    for name, service in draft.services():
        for other, how in (service.get("depends_on") or {}).items():
            if other not in known and not (how or {}).get("required", True):
                reason = f"`{other}` is in no active profile"
                draft.rewrite(("services", name, "depends_on", other), ABSENT, reason)
