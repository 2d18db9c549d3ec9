"""Read production, pin its images, and work out what should run here."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from parity.actions.pins import Pins, ensure
from parity.actions.session import Session
from parity.engine import facts, observe
from parity.engine.images import ensure_gateway, gateway_tag
from parity.model.document import Document
from parity.model.environment import Environment
from parity.model.progress import Progress, Step
from parity.model.stack import Container, Resolved
from parity.paths import ensure_state, exclusive
from parity.sources import compose
from parity.stack import labels
from parity.stack.allocations import Allocator
from parity.stack.context import Allocations, Context
from parity.stack.resolve import resolve
from parity.stack.secrets import Vault, reference


@dataclass(frozen=True)
class Resolution:
    """What should run, what runs, and the values that go into files."""

    environment: Environment
    resolved: Resolved
    containers: tuple[Container, ...]
    vault: Vault
    allocator: Allocator
    pins: Pins


def read(session: Session) -> compose.Reading:
    """Begin to read the environment that the local stack copies."""
    return read_environment(session, session.environment_name)


def read_environment(session: Session, name: str) -> compose.Reading:
    """Begin to read one environment; declared secrets are references before Compose sees them."""
    table = session.project.environments[name]
    return compose.start(
        name,
        root=session.paths.root,
        files=table.files,
        env_files=table.env_files,
        profiles=table.profiles,
        variables={secret: reference(secret) for secret in session.project.secrets},
    )


def resolve_stack(
    session: Session, progress: Progress, *, frozen: bool = False, record: bool = False
) -> Resolution:
    """Everything `up` decides from. Asks registries only for images that the lock does not know.

    Their answers go into parity.lock where `record` says so: looking changes no committed file.
    """
    reading = read(session)
    fragments = {
        host: compose.start(host, root=session.paths.root, files=[table.compose])
        for host, table in session.project.stand_ins.items()
        if table.compose
    }
    ensure_state(session.files.folder)
    with ThreadPoolExecutor(max_workers=2) as pool:
        listing = pool.submit(observe.of_stack, session.identity.name)
        networks = pool.submit(observe.networks, session.identity.name)
        subnets = pool.submit(observe.subnets, but_of=session.identity.name)
        environment = reading.result()
        documents = {host: started.result().document for host, started in fragments.items()}
        containers = _connected(listing.result(), networks.result())
        foreign = subnets.result()
    pins = ensure(
        session, environment, progress, frozen=frozen, record=record, extra=_images(documents)
    )
    gateway = gateway_tag(session.project.local.gateway_base)
    ulimits = _ulimits(environment.document)
    if ulimits and not (session.files.folder / "engine.json").exists():
        from parity.engine.client import connect

        ensure_gateway(connect(), gateway, session.project.local.gateway_base, progress)
    engine = facts.read(
        session.files.folder / "engine.json",
        gateway,
        ulimits,
        {**labels.of(session.identity), labels.ROLE: labels.PROBE},
    )
    for name in environment.unset:
        text = "has no value here and is blank: add it to [secrets] or an env file in parity.toml"
        progress(Step(f"${name}", text, "warning"))
    with _keeping(session, containers, foreign) as (vault, allocator):
        context = Context(
            project=session.project,
            identity=session.identity,
            paths=session.paths,
            pins=pins.images,
            engine=engine,
            vault=vault,
            allocations=Allocations(allocator.port, allocator.subnet),
            gateway_image=gateway,
            fragments=documents,
        )
        resolved = resolve(environment, context)
    return Resolution(environment, resolved, containers, vault, allocator, pins)


@contextmanager
def _keeping(
    session: Session, containers: Sequence[Container], foreign: Sequence[str]
) -> Iterator[tuple[Vault, Allocator]]:
    """Stand-ins and allocations, saved at the end; one command at a time makes new ones."""
    with exclusive(session.files.folder / "resolve.lock"):
        vault = Vault(session.paths.secrets, session.identity.name, session.project.secrets)
        allocator = Allocator(
            session.files.allocations,
            stack=session.identity.name,
            bind=session.project.local.bind_address,
            subnets=session.project.local.subnets,
            held=_held(containers),
            starting=any(
                c.labels.get(labels.ROLE) == "gateway" and c.state != "running" for c in containers
            ),
            foreign=foreign,
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
