"""The stack's networks: production's, by name and membership, but nothing routes out of them.

The host has no address on such a network and does not masquerade for it; its gateway address is
held by the gateway container, which refuses and records what would leave. That holds also while no
gateway runs.
"""

import ipaddress

from parity.model.document import ABSENT, Document
from parity.stack.context import Context
from parity.stack.draft import Draft

GUARD = {
    "com.docker.network.bridge.inhibit_ipv4": "true",
    "com.docker.network.bridge.enable_ip_masquerade": "false",
}
_GUARDED = "guarded by the gateway: nothing leaves the stack"
_OUTSIDE = "production's network is not here: one of the stack"


def apply(draft: Draft, context: Context) -> None:
    """Rewrite the networks, then each service's membership."""
    for key in dict(draft.document.get("networks") or {}):
        _network(draft, context, key)
    for name, service in draft.services():
        _membership(draft, name, service)


def _network(draft: Draft, context: Context, key: str) -> None:
    path = ("networks", key)
    body: Document = draft.get(path) or {}
    if not body:
        draft.add(path, {})
    if body.get("external"):
        draft.rewrite((*path, "external"), ABSENT, _OUTSIDE)
    if body.get("driver") not in (None, "bridge", "default"):
        draft.rewrite(
            (*path, "driver"), ABSENT, f"`{body['driver']}` needs production's hosts: a bridge"
        )
        draft.rewrite((*path, "driver_opts"), ABSENT, "options of that driver")
    for field in ("internal", "attachable"):
        if body.get(field):
            draft.rewrite((*path, field), ABSENT, _GUARDED)
    if body.get("enable_ipv6"):
        reason = "the host keeps its IPv6 address on a bridge, which would be a way out"
        draft.rewrite((*path, "enable_ipv6"), ABSENT, reason)
    for option, value in GUARD.items():
        draft.rewrite((*path, "driver_opts", option), value, _GUARDED)
    draft.rewrite((*path, "name"), f"{context.identity.name}_{key}", "networks belong to one stack")
    subnet = ipaddress.IPv4Network(context.allocations.subnet(key))
    local = {"config": [{"subnet": str(subnet), "gateway": str(subnet[1])}]}
    draft.rewrite(
        (*path, "ipam"), local, "a subnet of this machine, its gateway address is the guard's"
    )


def _membership(draft: Draft, name: str, service: Document) -> None:
    networks = service.get("networks")
    if networks is None:
        return
    gateways = []
    for key, settings in networks.items():
        path = ("services", name, "networks", key)
        subnet = ipaddress.IPv4Network(
            draft.document["networks"][key]["ipam"]["config"][0]["subnet"]
        )
        gateways.append(str(subnet[1]))
        for field in ("ipv4_address", "ipv6_address", "link_local_ips"):
            if (settings or {}).get(field):
                draft.rewrite(
                    (*path, field), ABSENT, "an address of production's network; names resolve"
                )
        _keep_container_name(draft, name, key)
    draft.rewrite(("services", name, "dns"), gateways[:1], "the gateway is the stack's DNS")
    for field in ("dns_search", "dns_opt"):
        if service.get(field):
            draft.rewrite(("services", name, field), ABSENT, "the gateway is the stack's DNS")


def _keep_container_name(draft: Draft, name: str, network: str) -> None:
    known = draft.production.services.get(name, {}).get("container_name")
    if known:
        add_alias(draft, name, network, known, "production's container name resolves")


def add_alias(draft: Draft, service: str, network: str, alias: str, reason: str) -> None:
    """Let `alias` resolve to a service on a network."""
    path = ("services", service, "networks", network, "aliases")
    aliases = draft.get(path) or []
    if alias not in aliases:
        draft.rewrite(path, [*aliases, alias], reason)
