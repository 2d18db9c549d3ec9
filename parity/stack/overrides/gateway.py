"""The gateway joins the stack as one more service: router, recorder, DNS and published ports."""

import ipaddress
import json
import re
from typing import Any

from parity.errors import ConfigError, DefinitionError
from parity.model.stack import GATEWAY, PublishedPort
from parity.stack import labels
from parity.stack.cluster import Relay
from parity.stack.context import Context
from parity.stack.draft import Draft
from parity.stack.gateway_image.gateway.routes import SECRETS
from parity.stack.hostnames import local_names

_URL = re.compile(r"(https?)://([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?)/?")
EDGE = "parity-edge"
"""Key of the one ordinary network: published ports come in by it, allowed hosts go out by it."""


def apply(draft: Draft, context: Context) -> None:
    """Add the gateway, its edge network, and the labels of ownership."""
    _refuse_taken_names(draft)
    stack = context.identity.name
    edge = ipaddress.IPv4Network(context.allocations.subnet(EDGE))
    keys = list(draft.document.get("networks") or {})
    relay = draft.relay
    doors = {entry["listen"] for entry in relay.entries}
    settings: dict[str, Any] = {
        "networks": [_network(draft, key) for key in keys],
        "publish": [_published(p, draft, context) for p in draft.ports if p.listen not in doors],
        "allow": list(context.project.egress.allow),
        "names": sorted(local_names(draft.document)),
    }
    settings |= _relayed(relay)
    # Old engines give the default route to the network whose name sorts first: `-` is before `_`.
    ipam = {"config": [{"subnet": str(edge), "gateway": str(edge[1])}]}
    draft.add(("networks", EDGE), {"name": f"{stack}-edge", "ipam": ipam})
    service = _service(context, keys, settings)
    if relay.secrets:
        service["secrets"] = [{"source": name} for name in relay.secrets]
    draft.add(("services", GATEWAY), service)
    draft.add(
        ("services", GATEWAY, "ports"),
        [
            {
                "mode": "ingress",
                "host_ip": p.host_ip,
                "target": p.listen,
                "published": str(p.host_port),
                "protocol": p.protocol,
            }
            for p in draft.ports
        ],
    )
    labels.put_on(draft, context.identity)


def _published(port: PublishedPort, draft: Draft, context: Context) -> dict[str, Any]:
    row: dict[str, Any] = {
        "listen": port.listen,
        "protocol": port.protocol,
        "service": port.service,
        "port": port.target,
    }
    url = context.project.local.hosts.get(port.service, "")
    if url and port.protocol == "tcp":
        row["origin"] = _origin(url, port, draft)
    return row


def _origin(url: str, port: PublishedPort, draft: Draft) -> dict[str, Any]:
    """Production's name for a service, and the port of it that answers to `https`."""
    found = _URL.fullmatch(url)
    if found is None:
        raise ConfigError(
            f"`local.hosts.{port.service}` is no URL of a host: {url}",
            next_step='for example "https://shop.example"',
        )
    target = port.target
    if found[1] == "https":
        secure = [p for p in draft.ports if p.service == port.service and p.declared == "443"]
        target = secure[0].target if secure else target
    return {"scheme": found[1], "host": found[2], "port": target}


def _relayed(relay: Relay) -> dict[str, Any]:
    """The part of a cluster's Services and ingress; nothing where there are none."""
    told: dict[str, Any] = {}
    if relay.services:
        told["services"] = [dict(service) for service in relay.services]
    if relay.aliases:
        told["aliases"] = dict(relay.aliases)
    if relay.entries:
        files = [f"{SECRETS}{name}" for name in relay.secrets]
        named = dict(zip(("certificate", "key"), files, strict=False))
        told["ingress"] = {"entries": relay.entries, "routes": relay.routes, **named}
    return told


def _refuse_taken_names(draft: Draft) -> None:
    for kind, name in (("services", GATEWAY), ("networks", EDGE)):
        if name in (draft.document.get(kind) or {}):
            raise DefinitionError(
                f"the definition has a {kind[:-1]} called `{name}`, which is parity's own",
                where=f"{kind}.{name}",
                next_step="give it another name",
            )


def _network(draft: Draft, key: str) -> dict[str, Any]:
    config = draft.document["networks"][key]["ipam"]["config"][0]
    return {
        "name": key,
        "subnet": config["subnet"],
        "address": config["gateway"],
        "subnet6": None,
        "address6": None,
    }


def _service(context: Context, keys: list[str], settings: dict[str, Any]) -> dict[str, Any]:
    return {
        "image": context.gateway_image,
        "command": ["run"],
        "cap_drop": ["ALL"],
        "cap_add": ["NET_ADMIN", "NET_RAW"],
        "security_opt": ["no-new-privileges:true"],
        # No forwarding from the first moment on; refusals of UDP are not rationed.
        "sysctls": {"net.ipv4.ip_forward": "0", "net.ipv4.icmp_ratelimit": "0"},
        "environment": {"PARITY_GATEWAY": json.dumps(settings, separators=(",", ":"))},
        "networks": {EDGE: {"priority": 1000, "gw_priority": 1000}, **dict.fromkeys(keys)},
        "healthcheck": {"test": ["CMD", "test", "-e", "/run/parity-ready"], "interval": "2s"},
        "logging": {"driver": "json-file", "options": {"max-size": "10m", "max-file": "2"}},
        "restart": "unless-stopped",
        "stop_grace_period": "1s",
        "mem_limit": str(256 * 1024**2),
    }
