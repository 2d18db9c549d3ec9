"""Replicas are capped; two of them still show what one would hide."""

from parity.stack.context import Context
from parity.stack.draft import Draft


def apply(draft: Draft, context: Context) -> None:
    """At most `local.max-replicas` each."""
    most = context.project.local.max_replicas
    for name, service in draft.services():
        for field in (("scale",), ("deploy", "replicas")):
            path = ("services", name, *field)
            wanted = draft.get(path)
            if isinstance(wanted, int) and wanted > most:
                draft.rewrite(
                    path, most, f"production runs {wanted}; `local.max-replicas` is {most}"
                )
        del service
