"""The image pins of an environment: from parity.lock, completed by asking registries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from parity.actions.session import Session
from parity.errors import FindingError, LockError
from parity.model.environment import Environment
from parity.model.lock import EnvironmentLock, Lock, Pin
from parity.model.progress import Progress
from parity.stack import fingerprint, lockfile

_NEXT = "`parity lock` records what production runs now; commit the file"


@dataclass(frozen=True)
class Pins:
    """The pins to run with, and which of them were asked for just now."""

    images: Mapping[str, Pin]
    definition: str
    added: tuple[str, ...] = ()


@dataclass(frozen=True)
class Moved:
    """A tag that stands for something else than the lock says."""

    image: str
    locked: str
    now: str


def wanted_images(
    session: Session, environment: Environment, extra: Sequence[str] = ()
) -> tuple[str, ...]:
    """The image references that need a pin, each once, in the definition's order."""
    build = session.project.local.build
    names = [
        service["image"]
        for name, service in environment.services.items()
        if service.get("image") and name not in build
    ]
    return tuple(dict.fromkeys(image for image in [*names, *extra] if "@" not in image))


def ensure(
    session: Session,
    environment: Environment,
    progress: Progress,
    *,
    frozen: bool,
    record: bool,
    extra: Sequence[str] = (),
) -> Pins:
    """Pins for every image. What the lock does not know is asked (and recorded), or refused."""
    lock = lockfile.read(session.paths.lock)
    known = lock.environments.get(environment.name)
    definition = fingerprint.definition(environment, session.paths.root)
    wanted = wanted_images(session, environment, extra)
    have = {image: known.images[image] for image in wanted if known and image in known.images}
    if frozen:
        refuse_stale(session, known, definition, wanted)
        return Pins(have, definition)
    missing = [image for image in wanted if image not in have]
    if not missing and known and known.definition == definition:
        return Pins(have, definition)
    asked = ask(missing, progress, fallback=True)
    pins = {image: {**have, **asked}[image] for image in wanted}
    if record:
        write(session, lock, environment.name, EnvironmentLock(definition, pins))
    return Pins(pins, definition, tuple(asked))


def ask(images: Sequence[str], progress: Progress, *, fallback: bool) -> dict[str, Pin]:
    """What the registries say these tags stand for, in parallel.

    `fallback`: where none answers, what the engine has will do.
    """
    if not images:
        return {}
    from parity.engine.client import connect
    from parity.engine.execute import in_parallel
    from parity.engine.registry import resolve

    client = connect()
    pins = in_parallel(
        lambda image: resolve(client, image, progress, fallback=fallback), images, workers=8
    )
    return dict(zip(images, pins, strict=True))


def write(session: Session, lock: Lock, name: str, body: EnvironmentLock) -> bool:
    """Write one environment's part of the lock. Ids of local images stay out of it."""
    shared = {image: pin for image, pin in body.images.items() if not pin.local}
    environments = {**lock.environments, name: replace(body, images=shared)}
    return lockfile.write(session.paths.lock, Lock(environments))


def refuse_stale(
    session: Session, known: EnvironmentLock | None, definition: str, wanted: Sequence[str]
) -> None:
    """Raise unless the lock was made for this definition."""
    where = str(session.paths.lock)
    if known is None:
        raise LockError(
            "there is no parity.lock for this environment", where=where, next_step=_NEXT
        )
    missing = [image for image in wanted if image not in known.images]
    if missing:
        raise FindingError(
            f"parity.lock does not know {', '.join(missing)}", where=where, next_step=_NEXT
        )
    if known.definition != definition:
        raise FindingError(
            "the definition changed since parity.lock was written", where=where, next_step=_NEXT
        )
