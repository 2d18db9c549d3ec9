"""Production's document in, the local stack's document and its overrides out."""

from parity.errors import DefinitionError
from parity.model.environment import Environment
from parity.model.stack import Resolved
from parity.stack import fingerprint, labels
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.hostnames import outside
from parity.stack.overrides import ORDER


def resolve(environment: Environment, context: Context) -> Resolved:
    """Apply all overrides. Reads and keeps stand-ins and allocations through the context."""
    if not environment.services:
        raise DefinitionError(
            "the definition has no services",
            where=environment.files[0],
            next_step="is it the right file, and are the right profiles active?",
        )
    draft = Draft(environment)
    for apply in ORDER:
        apply(draft, context)
    hashes = fingerprint.services(draft.document, context.vault.reveal)
    for name, value in hashes.items():
        draft.add(("services", name, "labels", labels.HASH), value)
    return Resolved(
        identity=context.identity,
        environment=environment.name,
        document=draft.document,
        overrides=draft.overrides,
        losses=tuple(draft.losses),
        hashes=hashes,
        ports=draft.ports,
        hostnames=outside(draft.document),
    )
