"""`parity up`: observe, decide, do."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parity import compose_cli
from parity.actions.resolve import Resolution, resolve_stack
from parity.actions.session import Session
from parity.engine import observe
from parity.errors import EngineError, StackError, UsageError
from parity.model.document import Document
from parity.model.progress import Progress, Step
from parity.model.stack import GATEWAY, Action, Container, Plan, Resolved
from parity.paths import ensure_state, exclusive, write, write_if_changed
from parity.stack import order, plan, render
from parity.stack.secrets import reference

if TYPE_CHECKING:
    from docker import DockerClient

_ATTEMPTS = 3
_PORT_TAKEN = ("port is already allocated", "address already in use")
_SUBNET_TAKEN = ("pool overlaps", "overlaps with other one")


@dataclass(frozen=True)
class UpRequest:
    """The options of `up`."""

    wait: bool = True
    pull: str = "missing"
    dry_run: bool = False
    frozen: bool = False
    timeout: float | None = None


@dataclass(frozen=True)
class UpResult:
    """What was decided (and done, unless it was a dry run)."""

    resolved: Resolved
    plan: Plan
    readiness: Mapping[str, str]


class _Taken(Exception):  # noqa: N818 - a retry, not an error
    """A host port or a subnet that was free a moment ago is not."""


def up(session: Session, request: UpRequest, progress: Progress) -> UpResult:
    """Bring the stack to what production's definition says, touching only what differs."""
    if request.dry_run:
        resolution = resolve_stack(session, progress, frozen=request.frozen)
        decided = plan.make(resolution.resolved, resolution.containers, applied(session))
        return UpResult(resolution.resolved, decided, {})
    with mutex(session, progress) as lock:
        for _ in range(_ATTEMPTS):
            try:
                return _attempt(session, request, progress, lock)
            except _Taken as taken:
                progress(Step("gateway", f"{taken}; choosing anew", "warning"))
    raise EngineError(
        "host ports or subnets are taken again and again",
        next_step="`parity doctor` shows who has them; other stacks: `parity down` there",
    )


@contextmanager
def mutex(session: Session, progress: Progress) -> Iterator[int | None]:
    """One changing command at a time and stack; a second one says that it waits.

    Yields the lock's descriptor, for Compose to hold as well: after a kill -9 it finishes alone.
    """
    ensure_state(session.files.folder)
    with exclusive(session.files.mutex, wait=False) as lock:
        if lock is not None:
            yield lock
            return
    progress(Step("waiting", f"another parity command works on {session.identity.name}"))
    with exclusive(session.files.mutex) as lock:
        yield lock


def applied(session: Session) -> dict[str, Document]:
    """The definitions that the present containers were made from, as far as they are known."""
    try:
        kept = json.loads(session.files.applied.read_text())["services"].items()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return {}
    return {name: service for name, service in kept if isinstance(service, dict)}


def _attempt(
    session: Session, request: UpRequest, progress: Progress, lock: int | None
) -> UpResult:
    resolution = resolve_stack(session, progress, frozen=request.frozen, record=True)
    resolved = resolution.resolved
    graph = order.dependencies(resolved.services, gateway_first=bool(session.project.egress.allow))
    decided = plan.make(resolved, resolution.containers, applied(session))
    if decided.empty and request.pull != "always":
        return UpResult(resolved, decided, {})
    for operation in decided.operations:
        if operation.action is not Action.LEAVE:
            progress(Step(operation.service, operation.explained()))

    from parity.engine.client import connect

    client = connect()
    write_files(session, resolution)
    _fetch_images(client, session, resolution, request, progress)
    if session.project.local.build:
        _compose(session, ["build", *session.project.local.build], lock)
    if any(op.action not in (Action.LEAVE, Action.START) for op in decided.operations):
        _create(session, decided, progress, lock)
    _remember(session, resolution)
    readiness = _start(client, session, resolution, decided, graph, request, progress)
    return UpResult(resolved, decided, readiness)


def write_files(session: Session, resolution: Resolution) -> None:
    """The document for Compose, and the 0600 files with the stand-ins' values."""
    files, document, vault = session.files, resolution.resolved.document, resolution.vault
    ensure_state(files.secret_files)
    files.folder.chmod(0o700)
    files.secret_files.chmod(0o700)
    for name in document.get("secrets") or {}:
        # 0444: a service's own user reads it in the container; the folder keeps others out here.
        write_if_changed(files.secret_files / name, vault.reveal(reference(name)), mode=0o444)
    for name, config in (document.get("configs") or {}).items():
        if "content" in config:
            text = vault.reveal(config["content"])
            write_if_changed(files.config_file(name), text, mode=0o444)
    document = render.with_config_files(document, files.config_file)
    values = vault.values(render.secrets_in(document))
    write_if_changed(files.environment, render.env_file(values), mode=0o600)
    write_if_changed(files.document, render.compose_yaml(document))


def _fetch_images(
    client: "DockerClient",
    session: Session,
    resolution: Resolution,
    request: UpRequest,
    progress: Progress,
) -> None:
    from parity.engine.execute import in_parallel
    from parity.engine.images import check_architecture, ensure_gateway, present, pull
    from parity.engine.observe import version

    resolved = resolution.resolved
    gateway = str(resolved.services[GATEWAY]["image"])
    ensure_gateway(client, gateway, session.project.local.gateway_base, progress)
    pinned = {
        str(service["image"]): service
        for service in resolved.services.values()
        if "@" in str(service["image"])
    }
    missing = [image for image in pinned if request.pull == "always" or not present(client, image)]
    if missing and request.pull == "never":
        raise UsageError(
            f"not on this engine: {', '.join(missing)}",
            next_step="leave `--pull never` out, or pull them",
        )
    in_parallel(lambda image: pull(client, image, progress), missing, workers=4)
    architecture = str(version()["Arch"])
    for image, service in pinned.items():
        if not service.get("platform"):
            check_architecture(client, image, architecture)


def _create(session: Session, decided: Plan, progress: Progress, lock: int | None) -> None:
    changed = decided.services(Action.CREATE, Action.RECREATE)
    if changed:
        progress(Step("create", ", ".join(changed)))
    forced = any(
        op.action is Action.RECREATE and any("network namespace" in c.text for c in op.causes)
        for op in decided.operations
    )
    extra = ["--force-recreate"] if forced else []
    _compose(
        session,
        ["create", "--pull", "never", "--no-build", "--remove-orphans", "-y", *extra],
        lock,
    )


def _compose(session: Session, arguments: list[str], lock: int | None) -> None:
    stack = ["--file", str(session.files.document), "--project-name", session.identity.name]
    done = compose_cli.act([*stack, *arguments], lock=lock)
    if done.ok:
        return
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    message = next(
        (line for line in reversed(lines) if "rror" in line), lines[-1] if lines else "no reason"
    )
    lower = message.lower()
    if any(sign in lower for sign in _SUBNET_TAKEN):
        _forget_subnets(session)
        raise _Taken("a subnet is taken by another network")
    observe.version()  # an engine that has gone is the reason, and says so itself
    raise StackError(
        f"Docker Compose could not {arguments[0]} the containers: {message}",
        where=str(session.files.document),
        detail="\n".join(lines[-8:]),
        next_step="`parity doctor` looks at the engine; `parity up` again continues",
    )


def _forget_subnets(session: Session) -> None:
    session.files.allocations.unlink(missing_ok=True)


def _remember(session: Session, resolution: Resolution) -> None:
    services = {"services": resolution.resolved.services}
    write(session.files.applied, json.dumps(services, indent=1, sort_keys=True) + "\n", mode=0o600)


def _start(
    client: "DockerClient",
    session: Session,
    resolution: Resolution,
    decided: Plan,
    graph: Mapping[str, Mapping[str, str]],
    request: UpRequest,
    progress: Progress,
) -> dict[str, str]:
    from parity.engine.execute import start_all

    run = _Run(client, session, resolution.resolved, request, progress)
    run.touched = frozenset(decided.services(Action.CREATE, Action.RECREATE, Action.START))
    needed = {
        other for waits in graph.values() for other, how in waits.items() if how != order.STARTED
    }
    start_all(
        graph,
        run.begin,
        run.ready,
        wants_ready=lambda name: name in run.touched and (request.wait or name in needed),
    )
    return run.readiness


class _Run:
    """One run of starting: what its threads share."""

    def __init__(
        self,
        client: "DockerClient",
        session: Session,
        resolved: Resolved,
        request: UpRequest,
        progress: Progress,
    ) -> None:
        self._client = client
        self._resolved = resolved
        self._request = request
        self._progress = progress
        self._session = session
        self._containers: dict[str, list[Container]] = {}
        for container in observe.of_stack(resolved.identity.name):
            self._containers.setdefault(container.service, []).append(container)
        self._awaited = order.awaited(resolved.services)
        self.touched: frozenset[str] = frozenset()
        self.readiness: dict[str, str] = {}

    def begin(self, name: str) -> None:
        """Start a service's containers that should run and do not."""
        from parity.engine.execute import start

        if name not in self.touched:
            return
        for container in self._containers.get(name, []):
            if container.state == "running" and container.health != "unhealthy":
                continue
            try:
                start(self._client, container)
            except StackError as error:
                if name == GATEWAY and any(sign in error.message.lower() for sign in _PORT_TAKEN):
                    self._give_up_ports(error)
                raise
        self._progress(Step(name, "started"))

    def _give_up_ports(self, error: StackError) -> None:
        taken = [p.host_port for p in self._resolved.ports if f":{p.host_port}" in error.message]
        allocations = json.loads(self._session.files.allocations.read_text())
        allocations["ports"] = {
            key: port for key, port in allocations["ports"].items() if taken and port not in taken
        }
        write(self._session.files.allocations, json.dumps(allocations))
        raise _Taken(
            f"host port {', '.join(map(str, taken)) or 'of the gateway'} is taken"
        ) from error

    def ready(self, name: str, stop: Callable[[], bool]) -> None:
        """Wait until a service's containers are ready."""
        from parity.engine.readiness import Wait, wait

        service = self._resolved.services[name]
        gateway = next(iter(self._containers.get(GATEWAY, [])), None)
        for container in self._containers.get(name, []):
            how = Wait(
                container=container.id,
                service=name,
                is_job=plan.is_one_shot(service) or name in self._awaited,
                job_awaited=name in self._awaited,
                host=name,
                port=_port(service, self._resolved, name),
                own_program=bool(service.get("networks"))
                and not (service.get("command") or service.get("entrypoint")),
                gateway=gateway.id if gateway else "",
                timeout=self._request.timeout,
            )
            self.readiness[name] = wait(self._client, how, stop)
        self._progress(Step(name, self.readiness.get(name, "ready"), "done"))


def _port(service: Document, resolved: Resolved, name: str) -> int | None:
    """The TCP port that shows a service without a health check to be ready."""
    if not service.get("networks"):
        return None
    published = [
        port.target for port in resolved.ports if port.service == name and port.protocol == "tcp"
    ]
    exposed = [
        int(str(p).partition("/")[0])
        for p in service.get("expose") or []
        if not str(p).endswith("/udp")
    ]
    return next(iter([*published, *exposed]), None)
