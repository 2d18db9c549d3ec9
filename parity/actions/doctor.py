"""`parity doctor`: is everything there that `parity up` needs, and does it fit production?"""

from collections.abc import Iterator

from parity.actions import doctor_engine, doctor_machine, doctor_project
from parity.actions.doctor_check import Check, tried
from parity.actions.session import Session
from parity.engine.client import connect
from parity.engine.images import gateway_tag
from parity.model.project import Project
from parity.paths import ProjectPaths
from parity.state import keeper
from parity.state.agent import POOL
from parity.state.choose import Wish, backend_of, known
from parity.state.store import open_store


def doctor(session: Session | None) -> tuple[Check, ...]:
    """All checks that can be made; those about production need a session."""
    checks = [*tried("engine", doctor_engine.engine), *tried("compose", doctor_engine.compose)]
    checks += _machine(session.paths if session is not None else None)
    if not _failed(checks, "engine"):
        checks += _on_engine(session.project if session is not None else Project())
        if session is not None:
            checks += _production(session, compose=_failed(checks, "compose"))
    return tuple(checks)


def _failed(checks: list[Check], name: str) -> bool:
    return any(check.name == name and check.verdict == "failed" for check in checks)


def _machine(paths: ProjectPaths | None) -> Iterator[Check]:
    yield from tried("git", lambda: doctor_machine.git(paths))
    yield from tried("logins", doctor_machine.logins)
    yield from tried("names", doctor_machine.names)
    if paths is not None:
        yield from tried("project", lambda: doctor_machine.writable(paths))
        yield from tried("file events", lambda: doctor_machine.file_events(paths.root))


def _on_engine(project: Project) -> Iterator[Check]:
    yield from tried("limits", doctor_engine.limits)
    yield from tried("disk", doctor_engine.disk)
    yield from tried("clock", doctor_engine.clock)
    yield from tried("gateway", lambda: doctor_engine.gateway(project))
    yield from tried("states", lambda: _states(project))


def _production(session: Session, *, compose: bool) -> Iterator[Check]:
    """`compose`: Docker Compose has failed, so it can read no definition."""
    yield from tried("kubectl", lambda: doctor_project.kubectl(session))
    if compose and session.environment.source in ("compose", "swarm"):
        yield Check("definition", "unknown", "Docker Compose reads it", "mend `compose` first")
    else:
        yield from tried("definition", lambda: doctor_project.definition(session))
    yield from tried("architecture", lambda: doctor_project.architecture(session))
    yield from tried("registry", lambda: doctor_project.registry(session))


def _states(project: Project) -> Iterator[Check]:
    """How start states are copied on this engine, and why not in a better way."""
    image, table = gateway_tag(project.local.gateway_base), project.state
    found = known(image, Wish(table.backend, table.pool))
    if found is None:
        yield Check("states", "unknown", "not tried yet on this engine", "`parity save` finds out")
        return
    text = f"{found.backend} in {found.volume}: {backend_of(found.backend).meaning}"
    best = found.backend in ("reflink", table.backend)
    why = "; ".join(f"no {way}: {reason}" for way, reason in found.why.items())
    yield Check("states", "ok" if best else "warning", text, "" if best else why)
    yield from _room(image, found.volume)


def _room(image: str, volume: str) -> Iterator[Check]:
    """Only where the store is open: to look is no reason to start it."""
    client = connect()
    if not keeper.runs(keeper.find(client, image, volume)):
        yield Check("states' room", "unknown", f"{volume} is not open", "`parity states` opens it")
        return
    room = open_store(client, image, volume).run("survey")
    text = f"{room['free'] / 1024**3:.1f} of {room['total'] / 1024**3:.1f} GiB free in {volume}"
    if volume == POOL:
        text += ", which grows as long as the engine's disk has room"
    yield Check("states' room", "ok", text)
