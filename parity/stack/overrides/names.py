"""Names that are unique on an engine are given up, so that stacks can live side by side."""

from parity.model.document import ABSENT
from parity.stack.context import Context
from parity.stack.draft import Draft


def apply(draft: Draft, context: Context) -> None:
    """Container names and the project's name."""
    draft.rewrite(("name",), context.identity.name, "one stack per worktree")
    for name, service in draft.services():
        if service.get("container_name"):
            reason = "container names are unique on an engine; the name stays as a network alias"
            draft.rewrite(("services", name, "container_name"), ABSENT, reason)
