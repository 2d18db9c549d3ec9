"""Life-cycle hooks: parity runs `post_start` itself; `pre_stop` belongs to Compose's own stop."""

from parity.model.environment import Loss
from parity.stack.context import Context
from parity.stack.draft import Draft


def apply(draft: Draft, context: Context) -> None:
    """List what is not run; the document keeps it, so that `docker compose stop` runs it."""
    del context
    for name, service in draft.services():
        for number, hook in enumerate(service.get("pre_stop") or []):
            path = f"services.{name}.pre_stop[{number}]"
            reason = "parity stops containers by itself; `docker compose stop` runs the hook"
            draft.losses.append(Loss(path, str(hook.get("command", "")), reason))
