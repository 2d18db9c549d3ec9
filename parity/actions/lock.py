"""`parity lock`: record the digests behind production's tags, or check them."""

from dataclasses import dataclass

from parity.actions import pins
from parity.actions.environments import read_environment
from parity.actions.pins import Moved
from parity.actions.session import Session
from parity.errors import UsageError
from parity.model.environment import Environment
from parity.model.lock import EnvironmentLock, Pin
from parity.model.progress import Progress
from parity.sources import compose
from parity.sources.contract import Request
from parity.stack import fingerprint, lockfile


@dataclass(frozen=True)
class LockResult:
    """The pins of one environment and what is new about them."""

    environment: str
    images: dict[str, Pin]
    moved: tuple[Moved, ...]
    changed: bool


def lock(
    session: Session, progress: Progress, *, name: str = "", check: bool = False
) -> LockResult:
    """Ask every registry again. `check` writes nothing; `moved` then says what is out of date."""
    name = _known(session, name)
    environment = read_environment(session.paths, session.project, name).result()
    present = lockfile.read(session.paths.lock)
    known = present.environments.get(name)
    definition = fingerprint.definition(environment, session.paths.root)
    wanted = pins.wanted_images(session, environment, _stand_in_images(session, name))
    if check:
        pins.refuse_stale(session, known, definition, wanted)
    now = pins.ask(wanted, progress, fallback=False)
    before = known.images if known else {}
    moved = tuple(
        Moved(image, before[image].digest, pin.digest)
        for image, pin in now.items()
        if image in before and before[image].digest != pin.digest
    )
    changed = (
        False if check else pins.write(session, present, name, EnvironmentLock(definition, now))
    )
    return LockResult(name, now, moved, changed)


def frozen(session: Session, *, name: str = "") -> None:
    """Raise unless the lock fits the definition; asks nobody."""
    name = _known(session, name)
    refuse_stale(session, read_environment(session.paths, session.project, name).result())


def refuse_stale(session: Session, environment: Environment) -> None:
    """Raise LockError where parity.lock has nothing for an environment, FindingError where it was made
    for another definition.
    """
    name = environment.name
    known = lockfile.read(session.paths.lock).environments.get(name)
    definition = fingerprint.definition(environment, session.paths.root)
    wanted = pins.wanted_images(session, environment, _stand_in_images(session, name))
    pins.refuse_stale(session, known, definition, wanted)


def _known(session: Session, name: str) -> str:
    name = name or session.environment_name
    if name not in session.project.environments:
        known = ", ".join(session.project.environments)
        raise UsageError(
            f"parity.toml has no environment `{name}`", next_step=f"there are: {known}"
        )
    return name


def _stand_in_images(session: Session, name: str) -> tuple[str, ...]:
    if name != session.environment_name:
        return ()
    images = []
    for host, table in session.project.stand_ins.items():
        if table.compose:
            found = compose.start(Request(host, session.paths.root, files=[table.compose])).result()
            images += [s["image"] for s in found.services.values() if s.get("image")]
    return tuple(images)
