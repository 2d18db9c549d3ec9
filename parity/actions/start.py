"""Start the stack's containers along their dependencies, and see that they are ready."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from parity.actions.request import Taken, UpRequest
from parity.actions.session import Session
from parity.engine import observe
from parity.errors import StackError
from parity.model.document import Document
from parity.model.progress import Progress, Step
from parity.model.stack import GATEWAY, Action, Container, Plan, Resolved
from parity.paths import write
from parity.stack import order, plan

if TYPE_CHECKING:
    from docker import DockerClient

_PORT_TAKEN = ("port is already allocated", "address already in use")


def start_services(
    client: "DockerClient",
    session: Session,
    resolved: Resolved,
    decided: Plan,
    graph: Mapping[str, Mapping[str, str]],
    request: UpRequest,
    progress: Progress,
) -> dict[str, str]:
    """Start what the plan touches, along the dependencies; returns how each was seen to be ready."""
    from parity.engine.execute import start_all

    run = _Start(client, session, resolved, request, progress)
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


class _Start:
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
        from parity.engine.execute import in_parallel, start

        if name not in self.touched:
            return
        idle = [
            container
            for container in self._containers.get(name, [])
            if container.state != "running" or container.health == "unhealthy"
        ]
        try:
            in_parallel(lambda container: start(self._client, container), idle)
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
        raise Taken(
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
        int(str(p).partition("/")[0].partition("-")[0])
        for p in service.get("expose") or []
        if not str(p).endswith("/udp")
    ]
    return next(iter([*published, *exposed]), None)
