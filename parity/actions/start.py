"""Start the stack's containers along their dependencies, and see that they are ready."""

import json
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from parity.actions.request import Superseded, Taken, UpRequest
from parity.actions.resolve import Resolution
from parity.actions.session import Session
from parity.engine import observe
from parity.errors import StackError
from parity.model.document import Document
from parity.model.progress import Progress, Step
from parity.model.stack import GATEWAY, Container, Resolved
from parity.paths import write
from parity.stack import order, plan, probes
from parity.stack.cluster import is_cluster

if TYPE_CHECKING:
    from docker import DockerClient

_PORT_TAKEN = ("port is already allocated", "address already in use")


def start_services(
    client: "DockerClient",
    session: Session,
    resolution: Resolution,
    touched: Collection[str],
    waiting: Collection[str],
    request: UpRequest,
    progress: Progress,
) -> dict[str, str]:
    """Start the services in `touched` along the dependencies; returns how each was seen to be ready.

    What another service needs to be ready is waited for even where it was running already, and so
    are the services in `waiting`.
    """
    from parity.engine.execute import start_all

    resolved = resolution.resolved
    # Without the gateway a cluster's Services have neither names nor ports.
    gateway_first = bool(session.project.egress.allow) or is_cluster(resolved.document)
    graph = order.dependencies(resolved.services, gateway_first=gateway_first)
    run = _Start(client, resolution, request, progress)
    run.touched = frozenset(touched)
    needed = {
        other for name in touched for other, how in graph[name].items() if how != order.STARTED
    }
    awaited = {*touched, *waiting} if request.wait else set()
    # What starts again has to be seen ready again, also when this run fails before that.
    _remember_ready(session, _seen(session) - run.ids(touched))
    start_all(graph, run.begin, run.ready, wants_ready=lambda name: name in needed | awaited)
    if request.wait:
        all_ready(session)
    return run.readiness


def all_ready(session: Session) -> None:
    """Keep that all that runs was seen to be ready."""
    found = observe.of_stack(session.identity.name)
    _remember_ready(session, {c.id for c in found if c.state == "running"})


def unready(session: Session, containers: Sequence[Container]) -> frozenset[str]:
    """Services that run, and that nobody has seen ready since they were made."""
    seen = _seen(session)
    return frozenset(c.service for c in containers if c.state == "running" and c.id not in seen)


def _seen(session: Session) -> set[str]:
    try:
        return set(json.loads(session.files.ready.read_text()))
    except (OSError, ValueError, TypeError):
        return set()


def _remember_ready(session: Session, ids: Collection[str]) -> None:
    write(session.files.ready, json.dumps(sorted(ids)) + "\n")


class _Start:
    """One run of starting: what its threads share."""

    def __init__(
        self,
        client: "DockerClient",
        resolution: Resolution,
        request: UpRequest,
        progress: Progress,
    ) -> None:
        resolved = resolution.resolved
        self._client = client
        self._resolved = resolved
        self._vault = resolution.vault
        self._allocator = resolution.allocator
        self._request = request
        self._progress = progress
        self._containers: dict[str, list[Container]] = {}
        for container in observe.of_stack(resolved.identity.name):
            self._containers.setdefault(container.service, []).append(container)
        self._cluster = is_cluster(resolved.document)
        self._awaited = order.awaited(resolved.services)
        self._jobs = order.jobs(resolved.services, {port.service for port in resolved.ports})
        self.touched: frozenset[str] = frozenset()
        self.readiness: dict[str, str] = {}

    def ids(self, names: Collection[str]) -> set[str]:
        """The containers of some services."""
        return {c.id for name in names for c in self._containers.get(name, [])}

    def begin(self, name: str) -> None:
        """Start a service's containers that should run and do not."""
        from parity.engine.execute import in_parallel, start

        if name not in self.touched:
            return
        service = self._resolved.services[name]
        if not self._containers.get(name) and plan.replicas(service):
            raise StackError(
                f"Docker Compose made no container for {name}",
                where=name,
                next_step="`parity config` shows the document it was given",
            )
        owner = str(service.get("network_mode", "")).removeprefix("service:")
        idle = [
            container
            for container in self._containers.get(name, [])
            # A network namespace does not come back to those who shared it: they start again.
            if not self._is_done(container)
            and (
                container.state != "running"
                or container.health == "unhealthy"
                or owner in self.touched
            )
        ]
        try:
            in_parallel(lambda container: start(self._client, container), idle)
        except StackError as error:
            if name == GATEWAY and any(sign in error.message.lower() for sign in _PORT_TAKEN):
                self._give_up_ports(error)
            raise
        for container in idle:
            self._after_start(container, service)
        self._progress(Step(name, "started"))

    def _is_done(self, container: Container) -> bool:
        return container.service in self._jobs and plan.is_done(container)

    def _after_start(self, container: Container, service: Document) -> None:
        """Compose runs `post_start` only where it starts the container itself."""
        from parity.engine.execute import run_hook

        for hook in service.get("post_start") or []:
            run_hook(self._client, container, hook)

    def _give_up_ports(self, error: StackError) -> None:
        taken = [p.host_port for p in self._resolved.ports if f":{p.host_port}" in error.message]
        for port in taken or [p.host_port for p in self._resolved.ports]:
            self._allocator.forget_port(port)
        self._allocator.save()
        raise Taken(
            f"host port {', '.join(map(str, taken)) or 'of the gateway'} is taken"
        ) from error

    def ready(self, name: str, stop: Callable[[], bool]) -> None:
        """Wait until a service's containers are ready."""
        from parity.engine.readiness import Wait, wait

        def ended() -> bool:
            if self._request.enough():
                raise Superseded
            return stop()

        service = self._resolved.services[name]
        gateway = next(iter(self._containers.get(GATEWAY, [])), None)
        for container in self._containers.get(name, []):
            if self._is_done(container):
                continue
            how = Wait(
                container=container.id,
                service=name,
                is_job=name in self._jobs,
                job_awaited=name in self._awaited,
                host=name,
                port=_port(service, self._resolved, name),
                own_program=bool(service.get("networks"))
                and not (service.get("command") or service.get("entrypoint")),
                gateway=gateway.id if gateway else "",
                timeout=self._request.timeout,
                probe=probes.of(service),
                tolerant=self._cluster,
                finishes=self._cluster and name in self._jobs and _retried(service),
            )
            try:
                self.readiness[name] = wait(self._client, how, ended)
            except StackError as error:
                # A check's command, its answer and the log may hold what was put into them.
                error.detail = self._vault.mask(error.detail)
                raise
        if name in self.touched:
            self._progress(Step(name, self.readiness.get(name, "ready"), "done"))


def _retried(service: Document) -> bool:
    """A cluster's job: only such a one is started again until it succeeds."""
    return str(service.get("restart", "")).startswith("on-failure")


def _port(service: Document, resolved: Resolved, name: str) -> int | None:
    """The TCP port that shows a service without a health check to be ready."""
    if not service.get("networks"):
        return None
    published = [
        port.target for port in resolved.ports if port.service == name and port.protocol == "tcp"
    ]
    exposed = [
        int(str(p).partition("/")[0].partition("-")[0])
        for p in service.get("expose") or []
        if not str(p).endswith("/udp")
    ]
    return next(iter([*published, *exposed]), None)
