"""`parity egress`: what the services tried to reach."""

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from parity.actions.resolve import resolve_stack
from parity.actions.session import Session
from parity.engine import observe
from parity.errors import UsageError
from parity.model.progress import silent
from parity.model.stack import Container
from parity.paths import write

if TYPE_CHECKING:
    from docker import DockerClient

_KEPT_PROOFS = 20


def records(session: Session) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """What the gateway recorded since it was created, and production's host names in the settings."""
    from parity.engine.client import connect, translated

    hosts = resolve_stack(session, silent).resolved.hostnames
    gateway = gateway_of(session)
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


def gateway_of(session: Session) -> Container:
    """The stack's gateway; raises UsageError where none runs."""
    for container in observe.of_stack(session.identity.name):
        if container.role == "gateway" and container.state == "running":
            return container
    raise UsageError(f"{session.identity.name} is not up", next_step="`parity up` starts it")


def now() -> str:
    """The time as the gateway writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def remember_proof(session: Session, began: str, targets: list[dict[str, Any]]) -> None:
    """Note when a proof tried what, so that it is not taken for the services' doing."""
    tried = sorted({str(target["address"]) for target in targets})
    proofs = [*_proofs(session), {"from": began, "to": now(), "targets": tried}]
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
