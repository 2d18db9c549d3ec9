"""A container's networks and ports."""

from collections.abc import Mapping

from parity.model.document import Document
from parity.sources.ledger import Node

_OF_THE_MOMENT = (
    "Bridge", "DNSNames", "EndpointID", "Gateway", "GlobalIPv6Address", "GlobalIPv6PrefixLen",
    "GwPriority", "HairpinMode", "IPAddress", "IPPrefixLen", "IPv6Gateway", "LinkLocalIPv6Address",
    "LinkLocalIPv6PrefixLen", "MacAddress", "NetworkID", "Ports", "SandboxID", "SandboxKey",
    "SecondaryIPAddresses", "SecondaryIPv6Addresses",
)  # fmt: skip
"""Addresses and ids that the engine gave."""
_BUILT_IN = ("bridge", "default", "")


def networks(
    record: Node, service: Document, document: Document, prefix: str, known: Mapping[str, str]
) -> None:
    """Write networks or the network mode; `known` gives the services by container id."""
    mode = record.at("HostConfig", "NetworkMode").text()
    if mode in ("host", "none"):
        service["network_mode"] = mode
    elif mode.startswith("container:"):
        service["network_mode"] = shared(mode, known)
    for key in ("pid", "ipc"):
        if str(service.get(key, "")).startswith("container:"):
            service[key] = shared(service[key], known)
    joined = {}
    for name, endpoint in record.at("NetworkSettings", "Networks").entries():
        table = _endpoint(record, endpoint, service)
        endpoint.structure(*_OF_THE_MOMENT)
        endpoint.at("IPAMConfig").table()
        if "network_mode" not in service and name not in _BUILT_IN:
            short = name.removeprefix(prefix) or name
            joined[short] = table or None
            document.setdefault("networks", {})[short] = {"name": name}
    if joined:
        service["networks"] = joined
    elif "network_mode" not in service:
        service["network_mode"] = "bridge"
    record.at("NetworkSettings").structure(*_OF_THE_MOMENT)


def shared(mode: str, known: Mapping[str, str]) -> str:
    """`container:ID` as `service:NAME` where that container is one of ours."""
    identity = mode.partition(":")[2]
    return f"service:{known[identity]}" if identity in known else mode


def _endpoint(record: Node, endpoint: Node, service: Document) -> Document:
    by_engine = {
        record.at("Id").text()[:12],
        record.at("Name").text().lstrip("/"),
        record.at("Config", "Hostname").text(),
        str(service.get("hostname", "")),
        record.at("Config", "Labels", "com.docker.compose.service").text(),
    }
    table: Document = {}
    aliases = [name for name in endpoint.at("Aliases").texts() if name not in by_engine]
    if aliases:
        table["aliases"] = sorted(dict.fromkeys(aliases))
    for key, name in (("ipv4_address", "IPv4Address"), ("ipv6_address", "IPv6Address")):
        if endpoint.at("IPAMConfig", name).text():
            table[key] = endpoint.at("IPAMConfig", name).text()
    if endpoint.at("IPAMConfig", "LinkLocalIPs").texts():
        table["link_local_ips"] = endpoint.at("IPAMConfig", "LinkLocalIPs").texts()
    options = {name: node.text() for name, node in endpoint.at("DriverOpts").entries()}
    if options:
        table["driver_opts"] = options
    if endpoint.at("Links"):
        endpoint.at("Links").lose("links are read as they are, not followed")
    return table


def ports(record: Node, service: Document) -> None:
    """Write published and exposed ports."""
    published = []
    for name, bindings in record.at("HostConfig", "PortBindings").entries():
        number, _, protocol = name.partition("/")
        for binding in bindings.each():
            port: Document = {
                "mode": "ingress",
                "target": int(number),
                "protocol": protocol or "tcp",
            }
            if binding.at("HostPort").text() not in ("", "0"):
                port["published"] = binding.at("HostPort").text()
            if binding.at("HostIp").text() not in ("", "0.0.0.0", "::"):  # noqa: S104 - all addresses
                port["host_ip"] = binding.at("HostIp").text()
            if port not in published:
                published.append(port)
    if published:
        service["ports"] = published
    known = {f"{port['target']}/{port['protocol']}" for port in published}
    known |= {name for name, _ in record.at("_Image", "Config", "ExposedPorts").entries()}
    exposed = [name for name, _ in record.at("Config", "ExposedPorts").entries()]
    rest = [name.removesuffix("/tcp") for name in exposed if _full(name) not in known]
    if rest:
        service["expose"] = rest


def _full(name: str) -> str:
    return name if "/" in name else f"{name}/tcp"
