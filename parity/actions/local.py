"""What `parity up` runs here, as one side of a comparison."""

from collections.abc import Sequence

from parity.actions.devcontainer_image import base_of
from parity.actions.diff_request import LOCAL
from parity.actions.environments import host_files
from parity.actions.resolve import resolve_stack
from parity.actions.session import Session
from parity.model.document import ABSENT, Document, Path, get
from parity.model.environment import Environment, Place
from parity.model.override import Override
from parity.model.progress import Progress
from parity.model.stack import GATEWAY
from parity.sources.contents import with_contents
from parity.stack import labels
from parity.stack.overrides.gateway import EDGE


def read_local(session: Session, progress: Progress) -> tuple[Environment, Sequence[Override]]:
    """The local stack's document, and its declared deviations from production. Needs an engine."""
    resolution = resolve_stack(session, progress)
    production = resolution.environment
    document = _without_tools(_with_words_of(production, resolution.resolved.document))
    environment = Environment(
        LOCAL,
        production.source,
        (str(session.files.document),),
        document,
        losses=resolution.resolved.losses,
        silent=production.silent,
        place=Place("", f"{labels.STACK}={session.identity.name}"),
    )
    return with_contents(environment, host_files(session.paths, session.project)), (
        *resolution.resolved.overrides,
        *_equipment(document),
    )


def _with_words_of(production: Environment, document: Document) -> Document:
    """The document with the cluster's Services and routes as production has them: what stands there
    is how the gateway serves them.
    """
    if "x-parity" not in production.document:
        return document
    return {**document, "x-parity": production.document["x-parity"]}


def _without_tools(document: Document) -> Document:
    """The document with production's image where an editor works on top of it: that is what is compared,
    by its digest. The tools are an override.
    """
    services = {
        name: {**service, "image": base_of(service)}
        if labels.EDITOR in (service.get("labels") or {})
        else service
        for name, service in document["services"].items()
    }
    return {**document, "services": services}


def _equipment(document: Document) -> tuple[Override, ...]:
    """What parity adds to every stack, as overrides: production has none of it."""
    reason = "the stack's router: docs/egress.md"
    places: tuple[Path, ...] = (("services", GATEWAY), ("networks", EDGE))
    return tuple(Override(path, ABSENT, get(document, path), reason) for path in places)
