"""`parity egress --prove`: try to get out of every service, and in by every published port."""

import json
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.actions.egress import gateway_of, now, remember_proof
from parity.actions.resolve import resolve_stack
from parity.actions.session import Session
from parity.actions.targets import host_listener, targets
from parity.engine import observe
from parity.errors import UsageError
from parity.model.progress import Progress, Step, silent
from parity.model.stack import Container
from parity.stack import labels

if TYPE_CHECKING:
    from docker import DockerClient

_OPEN = frozenset({"connected", "answered"})


@dataclass(frozen=True)
class Attempt:
    """One try to get out of a service or in by a port, and how it ended.

    `held` is the verdict; None where nobody asked.
    """

    service: str
    label: str
    target: str
    outcome: str
    milliseconds: float
    held: bool | None


@dataclass(frozen=True)
class Proof:
    """All attempts, and whether each published port answers on the host."""

    attempts: tuple[Attempt, ...]
    ports: tuple[Attempt, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing got out and every published port that was asked answers."""
        return all(attempt.held is not False for attempt in (*self.attempts, *self.ports))


def prove(session: Session, progress: Progress) -> Proof:
    """Try to get out of every running service, and to get in by every published port."""
    from parity.engine.client import connect

    resolved = resolve_stack(session, silent).resolved
    gateway = gateway_of(session)
    client = connect()
    running = [
        c
        for c in observe.of_stack(session.identity.name)
        if c.role == "service" and c.state == "running"
    ]
    first = {container.service: container for container in reversed(running)}
    if not first:
        raise UsageError("no service runs, so nothing can be proved", next_step="`parity up` first")
    attempts: list[Attempt] = []
    began = now()
    with host_listener() as host_port:
        tries = targets(client, session, resolved, host_port)
        for service, container in first.items():
            progress(Step(service, f"{len(tries)} attempts"))
            attempts += _try(client, session, gateway, container, tries)
    remember_proof(session, began, tries)
    ports = [
        _knock(port.service, port.host_ip, port.host_port, port.protocol) for port in resolved.ports
    ]
    return Proof(tuple(attempts), tuple(ports))


def _try(
    client: "DockerClient",
    session: Session,
    gateway: Container,
    container: Container,
    targets: list[dict[str, Any]],
) -> list[Attempt]:
    """Run the attempts in the service's own network namespace."""
    from parity.engine.client import translated
    from parity.engine.once import run_once

    with translated():
        output = run_once(
            client,
            gateway.image,
            ["prove"],
            environment={"PARITY_PROVE": json.dumps(targets)},
            network_mode=f"container:{container.id}",
            labels={**labels.of(session.identity), labels.ROLE: labels.PROBE},
            cap_drop=["ALL"],
            mem_limit="128m",
        )
    rows = json.loads(output)
    return [
        Attempt(
            container.service,
            row["label"],
            f"{row['address']}:{row['port']}",
            row["outcome"],
            float(row.get("milliseconds") or 0),
            row["outcome"] not in _OPEN,
        )
        for row in rows
    ]


def _knock(service: str, host: str, port: int, protocol: str) -> Attempt:
    target = f"{host}:{port}"
    if protocol == "udp":
        return Attempt(service, "published port", target, "UDP", 0.0, held=None)
    try:
        with socket.create_connection((host, port), timeout=3) as connection:
            # The engine's proxy accepts whatever is behind it; a reset comes only after that.
            connection.settimeout(0.3)
            try:
                outcome = "answers" if connection.recv(1) else "closed"
            except TimeoutError:
                outcome = "answers"
    except OSError as error:
        outcome = type(error).__name__
    return Attempt(service, "published port", target, outcome, 0.0, held=outcome == "answers")
