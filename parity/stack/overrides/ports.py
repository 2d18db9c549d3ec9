"""Published ports move to the gateway: the stack's own networks have no way to the host."""

from parity.model.document import ABSENT
from parity.model.stack import PublishedPort
from parity.stack.cluster import owner
from parity.stack.context import Context
from parity.stack.draft import Draft

FIRST_LISTEN = 20000
"""The gateway's first inner port; each published port has one of its own."""


def apply(draft: Draft, context: Context) -> None:
    """Take the ports off the services; `draft.ports` says where they answer."""
    by_service: dict[str, list[PublishedPort]] = {}
    draft.ports = _published(draft, context)
    for port in draft.ports:
        by_service.setdefault(port.service, []).append(port)
    for name, service in draft.services():
        if service.get("ports"):
            where = ", ".join(
                f"{port.declared or port.target} at {port.host_ip}:{port.host_port}"
                for port in by_service.get(name, [])
            )
            draft.rewrite(("services", name, "ports"), ABSENT, f"published by the gateway: {where}")


def _published(draft: Draft, context: Context) -> tuple[PublishedPort, ...]:
    """The published ports of production's definition, each once: here all are at one address."""
    found: dict[str, PublishedPort] = {}
    for name, service in draft.production.services.items():
        for port in service.get("ports") or []:
            protocol = port.get("protocol", "tcp")
            declared = str(port.get("published", "")).partition("-")[0]
            key = f"{name}:{port['target']}/{protocol}" + (f":{declared}" if declared else "")
            wish = int(declared) if declared.isdigit() and int(declared) else None
            if key not in found:
                found[key] = PublishedPort(
                    service=_namespace_owner(draft, name),
                    target=int(port["target"]),
                    protocol=protocol,
                    host_ip=context.project.local.bind_address,
                    host_port=context.allocations.port(key, protocol, wish),
                    listen=FIRST_LISTEN + len(found),
                    declared=declared,
                )
    return tuple(found.values())


def _namespace_owner(draft: Draft, name: str) -> str:
    return owner(draft.production.services, name)
