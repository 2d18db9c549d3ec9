"""What `parity up` runs here, as one side of a comparison."""

from collections.abc import Sequence

from parity.actions.diff_request import LOCAL
from parity.actions.resolve import resolve_stack
from parity.actions.session import Session
from parity.model.environment import Environment
from parity.model.override import Override
from parity.model.progress import Progress


def read_local(session: Session, progress: Progress) -> tuple[Environment, Sequence[Override]]:
    """The local stack's document, and its declared deviations from production. Needs an engine."""
    resolution = resolve_stack(session, progress)
    production = resolution.environment
    environment = Environment(
        LOCAL,
        production.source,
        (str(session.files.document),),
        resolution.resolved.document,
        losses=resolution.resolved.losses,
        silent=production.silent,
    )
    return environment, resolution.resolved.overrides
