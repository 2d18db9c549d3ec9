"""Read production, pin its images, and work out what should run here."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from parity.actions.environments import read_environment
from parity.actions.pins import Pins, ensure
from parity.actions.runnable import refuse_what_cannot_run
from parity.actions.session import Session
from parity.actions.worktrees import linked
from parity.engine import facts, observe
from parity.engine.images import ensure_gateway, gateway_tag
from parity.model.document import Document
from parity.model.environment import Environment
from parity.model.progress import Progress, Step
from parity.model.stack import Container, Network, Resolved
from parity.paths import ensure_state, exclusive
from parity.secrecy import keys
from parity.sources import compose
from parity.sources.contract import Reading, Request
from parity.stack import labels
from parity.stack.allocations import Allocator
from parity.stack.context import Allocations, Context, EngineFacts
from parity.stack.resolve import resolve
from parity.stack.secrets import Vault


@dataclass(frozen=True)
class Resolution:
    """What should run, what runs, and the values that go into files."""

    environment: Environment
    resolved: Resolved
    containers: tuple[Container, ...]
    vault: Vault
    allocator: Allocator
    pins: Pins


def read(session: Session) -> Reading:
    """Begin to read the environment that the local stack copies."""
    return read_environment(session.paths, session.project, session.environment_name)


def resolve_stack(
    session: Session, progress: Progress, *, frozen: bool = False, record: bool = False
) -> Resolution:
    """Everything `up` decides from. Asks registries only for images that the lock does not know.

    Where `record` says so, their answers go into parity.lock, and limits of the engine that are not
    known are tried: looking changes no committed file, builds no image and runs no container.
    """
    seen = _look(session)
    environment = seen.environment
    refuse_what_cannot_run(environment)
    extra = _images(seen.fragments)
    pins = ensure(session, environment, progress, frozen=frozen, record=record, extra=extra)
    gateway = gateway_tag(session.project.local.gateway_base)
    engine = _facts(session, _ulimits(environment.document), gateway, progress, attempt=record)
    for name in environment.unset:
        text = "has no value here and is blank: add it to [secrets] or an env file in parity.toml"
        progress(Step(f"${name}", text, "warning"))
    with _keeping(session, seen.containers, seen.networks) as (vault, allocator):
        context = Context(
            project=session.project,
            identity=session.identity,
            paths=session.paths,
            pins=pins.images,
            engine=engine,
            vault=vault,
            allocations=Allocations(allocator.port, allocator.subnet),
            gateway_image=gateway,
            fragments=seen.fragments,
        )
        resolved = resolve(environment, context)
    return Resolution(environment, resolved, seen.containers, vault, allocator, pins)


@dataclass(frozen=True)
class _Seen:
    """Production's definition, the stand-ins' ones, and what the engine has."""

    environment: Environment
    fragments: Mapping[str, Document]
    containers: tuple[Container, ...]
    networks: Sequence[Network]


def _look(session: Session) -> _Seen:
    """Read the definitions while the engine is asked."""
    reading = read(session)
    fragments = {
        host: compose.start(Request(host, session.paths.root, files=[table.compose]))
        for host, table in session.project.stand_ins.items()
        if table.compose
    }
    ensure_state(session.files.folder)
    with ThreadPoolExecutor(max_workers=2) as pool:
        listing = pool.submit(observe.of_stack, session.identity.name)
        asked = pool.submit(observe.networks)
        # What is wrong with the definitions is told first, whether there is an engine or not.
        environment = reading.result()
        documents = {host: started.result().document for host, started in fragments.items()}
        networks = asked.result()
        own = frozenset(n.name for n in networks if n.stack == session.identity.name)
        return _Seen(environment, documents, _connected(listing.result(), own), networks)


def _facts(
    session: Session, ulimits: Mapping[str, int], gateway: str, progress: Progress, *, attempt: bool
) -> EngineFacts:
    """What the engine can do; only an attempt that is really made needs the gateway's image."""

    def limits() -> dict[str, int]:
        from parity.engine.client import connect

        client = connect()
        ensure_gateway(client, gateway, session.project.local.gateway_base, progress)
        marks = {**labels.of(session.identity), labels.ROLE: labels.PROBE}
        return facts.try_limits(client, gateway, ulimits, marks)

    cache = session.files.folder / "engine.json"
    return facts.read(cache, ulimits, limits if attempt else None, progress)


@contextmanager
def _keeping(
    session: Session, containers: Sequence[Container], networks: Sequence[Network]
) -> Iterator[tuple[Vault, Allocator]]:
    """Stand-ins and allocations, saved at the end; one command at a time makes new ones."""
    with exclusive(session.files.folder / "resolve.lock"):
        own = [n for n in networks if n.stack == session.identity.name]
        key = keys.find_or_make(session.identity.project)
        vault = Vault(session.paths.secrets, session.identity.name, session.project.secrets, key)
        allocator = Allocator(
            session.files.allocations,
            stack=session.identity.name,
            bind=session.project.local.bind_address,
            subnets=session.project.local.subnets,
            held=_held(containers),
            starting=any(
                c.labels.get(labels.ROLE) == "gateway" and c.state != "running" for c in containers
            ),
            foreign=[s for n in networks if n not in own for s in n.subnets],
            own={n.key: subnet for n in own for subnet in n.subnets[:1]},
            wishes=not linked(session.paths.root),
        )
        yield vault, allocator
        vault.save()
        allocator.save()


def _connected(containers: Sequence[Container], networks: frozenset[str]) -> tuple[Container, ...]:
    """The containers without networks that somebody removed: the engine lists them still."""
    return tuple(
        replace(container, networks=tuple(n for n in container.networks or () if n in networks))
        for container in containers
    )


def _held(containers: Sequence[Container]) -> frozenset[tuple[str, int]]:
    held = set()
    for container in containers:
        if container.labels.get(labels.ROLE) == "gateway":
            for port in container.ports:
                public, _, protocol = port.rpartition("/")
                held.add((protocol, int(public.partition("->")[0].rpartition(":")[2])))
    return frozenset(held)


def _images(documents: Mapping[str, Document]) -> tuple[str, ...]:
    return tuple(
        service["image"]
        for document in documents.values()
        for service in document["services"].values()
        if service.get("image")
    )


def _ulimits(document: Document) -> dict[str, int]:
    asked: dict[str, int] = {}
    for service in document["services"].values():
        for name, value in (service.get("ulimits") or {}).items():
            numbers = value.values() if isinstance(value, dict) else [value]
            for number in numbers:
                highest = 2**62 if int(number) < 0 else int(number)
                asked[name] = max(asked.get(name, 0), highest)
    return {name: -1 if value == 2**62 else value for name, value in asked.items()}
