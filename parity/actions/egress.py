"""`parity egress`: what the services tried to reach, and the proof that they cannot."""

import ipaddress
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.actions.resolve import resolve_stack
from parity.actions.session import Session
from parity.engine import observe
from parity.engine.address import find
from parity.errors import EngineError, UsageError
from parity.model.progress import Progress, Step, silent
from parity.model.stack import Container, Resolved
from parity.paths import write
from parity.stack import labels

if TYPE_CHECKING:
    from docker import DockerClient

_PUBLIC = "198.51.100.7"
"""An address that is nobody's (TEST-NET-2, RFC 5737)."""
_PUBLIC6 = "2001:db8::7"
_MOST_ADDRESSES = 16
_KEPT_PROOFS = 20
_METADATA = "169.254.169.254"
_OPEN = frozenset({"connected", "answered"})


@dataclass(frozen=True)
class Attempt:
    """One try to get out of a service, and how it ended. `held` is the verdict."""

    service: str
    label: str
    target: str
    outcome: str
    milliseconds: float
    held: bool


@dataclass(frozen=True)
class Proof:
    """All attempts, and whether each published port answers on the host."""

    attempts: tuple[Attempt, ...]
    ports: tuple[Attempt, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing got out and every published port answers."""
        return all(attempt.held for attempt in (*self.attempts, *self.ports))


def records(session: Session) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """What the gateway recorded since it was created, and production's host names in the settings."""
    from parity.engine.client import connect, translated

    hosts = resolve_stack(session, silent).resolved.hostnames
    gateway = _gateway(session)
    client = connect()
    with translated():
        lines = client.api.logs(gateway.id, stdout=True, stderr=False).decode(errors="replace")
    names = _addresses(client, session)
    proofs = _proofs(session)
    rows = [
        row
        for row in map(_record, lines.splitlines())
        if row and row.get("event") != "ready" and not _was_proof(row, proofs)
    ]
    return [{**row, "service": names.get(str(row.get("source")), "")} for row in rows], hosts


def prove(session: Session, progress: Progress) -> Proof:
    """Try to get out of every running service, and to get in by every published port."""
    from parity.engine.client import connect

    resolved = resolve_stack(session, silent).resolved
    gateway = _gateway(session)
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
    began = _now()
    with _host_listener() as host_port:
        targets = _targets(client, session, resolved, host_port)
        for service, container in first.items():
            progress(Step(service, f"{len(targets)} attempts"))
            attempts += _try(client, session, gateway, container, targets)
    _remember(session, began, targets)
    ports = [
        _knock(port.service, port.host_ip, port.host_port, port.protocol) for port in resolved.ports
    ]
    return Proof(tuple(attempts), tuple(ports))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _remember(session: Session, began: str, targets: list[dict[str, Any]]) -> None:
    tried = sorted({str(target["address"]) for target in targets})
    proofs = [*_proofs(session), {"from": began, "to": _now(), "targets": tried}]
    write(session.files.proofs, json.dumps(proofs[-_KEPT_PROOFS:]) + "\n")


def _proofs(session: Session) -> list[dict[str, Any]]:
    try:
        proofs: list[dict[str, Any]] = json.loads(session.files.proofs.read_text())
    except (OSError, ValueError):
        return []
    return proofs


def _was_proof(row: dict[str, Any], proofs: list[dict[str, Any]]) -> bool:
    tried = {row.get("address"), row.get("name")}
    return any(p["from"] <= row["time"] <= p["to"] and tried & set(p["targets"]) for p in proofs)


def _gateway(session: Session) -> Container:
    for container in observe.of_stack(session.identity.name):
        if container.role == "gateway" and container.state == "running":
            return container
    raise UsageError(f"{session.identity.name} is not up", next_step="`parity up` starts it")


def _record(line: str) -> dict[str, Any] | None:
    try:
        row: dict[str, Any] = json.loads(line)
    except ValueError:
        return None
    return row


def _addresses(client: "DockerClient", session: Session) -> dict[str, str]:
    """IP address -> service, for the stack's containers as they are now."""
    found = {}
    for container in observe.of_stack(session.identity.name):
        attrs = client.api.inspect_container(container.id)
        for network in attrs["NetworkSettings"]["Networks"].values():
            found[network["IPAddress"]] = container.service
    return found


def _targets(
    client: "DockerClient", session: Session, resolved: Resolved, host_port: int
) -> list[dict[str, Any]]:
    targets = [
        {"label": "an IPv4 address", "kind": "tcp", "address": _PUBLIC, "port": 443},
        {"label": "an IPv4 address, UDP", "kind": "udp", "address": _PUBLIC, "port": 4433},
        {"label": "an IPv6 address", "kind": "tcp", "address": _PUBLIC6, "port": 443},
        {
            "label": "an unknown name",
            "kind": "dns",
            "address": "nothing.parity-proof.example",
            "port": 443,
        },
        {"label": "the cloud's metadata", "kind": "tcp", "address": _METADATA, "port": 80},
    ]
    targets += [
        {"label": "a host of production", "kind": "dns", "address": host, "port": 443}
        for host in resolved.hostnames
        if host not in _allowed(session)
    ]
    targets += [
        {"label": "this machine", "kind": "tcp", "address": address, "port": host_port}
        for address in _host_addresses(client)
    ]
    targets += [
        {"label": "another stack", "kind": "tcp", "address": address, "port": port}
        for address, port in _strangers(client, session)
    ]
    return targets


def _allowed(session: Session) -> frozenset[str]:
    return frozenset(entry.rpartition(":")[0] or entry for entry in session.project.egress.allow)


@contextmanager
def _host_listener() -> Iterator[int]:
    """A listener on every address of this machine: what a service must not be able to reach."""
    both = socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if both else socket.AF_INET
    with socket.create_server(("", 0), family=family, dualstack_ipv6=both) as server:
        done = threading.Event()

        def answer() -> None:
            server.settimeout(0.2)
            while not done.is_set():
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\nreached\n")

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        done.set()
        thread.join()


def _host_addresses(client: "DockerClient") -> list[str]:
    """The host as a container could see it: its own address and its bridges' addresses."""
    if not find().is_local:
        return []
    found: dict[str, None] = {}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket sends nothing; it tells the address of the way out.
            probe.connect((_PUBLIC, 9))
            found[probe.getsockname()[0]] = None
        except OSError:
            pass
    for network in client.networks.list():
        for config in (network.attrs.get("IPAM") or {}).get("Config") or []:
            if network.attrs["Driver"] == "bridge" and config.get("Gateway"):
                found[config["Gateway"]] = None
    return [*found, *_host_addresses6()]


def _host_addresses6() -> list[str]:
    """IPv6 addresses of this machine and its bridges; link-local ones through the first interface."""
    try:
        rows = [line.split() for line in Path("/proc/net/if_inet6").read_text().splitlines()]
    except OSError:
        return []
    found = [str(ipaddress.IPv6Address(int(row[0], 16))) for row in rows if row[5] != "lo"]
    return [f"{a}%eth0" if a.startswith("fe80:") else a for a in found][:_MOST_ADDRESSES]


def _strangers(client: "DockerClient", session: Session) -> list[tuple[str, int]]:
    """Containers of other networks on this engine that listen on a known port."""
    found: list[tuple[str, int]] = []
    for container in client.containers.list():
        if container.labels.get(labels.STACK) == session.identity.name:
            continue
        ports = [
            int(p.partition("/")[0]) for p in (container.attrs["Config"].get("ExposedPorts") or {})
        ]
        networks = container.attrs["NetworkSettings"]["Networks"].values()
        addresses = [network["IPAddress"] for network in networks if network.get("IPAddress")]
        found += [(address, port) for address in addresses for port in ports[:1] or [20000]]
    return found[:8]


def _try(
    client: "DockerClient",
    session: Session,
    gateway: Container,
    container: Container,
    targets: list[dict[str, Any]],
) -> list[Attempt]:
    """Run the attempts in the service's own network namespace."""
    from docker.errors import ContainerError

    from parity.engine.client import translated

    with translated():
        try:
            output = client.containers.run(
                gateway.image,
                ["prove"],
                environment={"PARITY_PROVE": json.dumps(targets)},
                network_mode=f"container:{container.id}",
                labels={**labels.of(session.identity), labels.ROLE: "probe"},
                remove=True,
                stderr=True,
                cap_drop=["ALL"],
                mem_limit="128m",
            )
        except ContainerError as error:
            raise EngineError(
                f"the proof did not run in {container.service}: {error.stderr!r}"
            ) from error
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
        return Attempt(service, "published port", target, "not asked (UDP)", 0.0, held=True)
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
