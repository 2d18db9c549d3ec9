"""What `parity egress --prove` tries, and the listener that nobody may reach."""

import ipaddress
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.actions.session import Session
from parity.engine.address import find
from parity.engine.client import translated
from parity.model.stack import Resolved
from parity.stack import labels
from parity.stack.gateway_image.gateway.settings import allowance

if TYPE_CHECKING:
    from docker import DockerClient

_PUBLIC = "198.51.100.7"
"""An address that is nobody's (TEST-NET-2, RFC 5737)."""
_PUBLIC6 = "2001:db8::7"
_METADATA = "169.254.169.254"
_MOST_ADDRESSES = 16


def targets(
    client: "DockerClient", session: Session, resolved: Resolved, host_port: int
) -> list[dict[str, Any]]:
    """The attempts for one stack, as the gateway image's `prove` reads them."""
    allowed = [allowance(entry) for entry in session.project.egress.allow]
    tries = [
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
    tries += [
        {"label": "a host of production", "kind": "dns", "address": host, "port": 443}
        for host in resolved.hostnames
        if not any(entry.covers(host.rstrip(".").lower()) for entry in allowed)
    ]
    tries += [
        {"label": "this machine", "kind": "tcp", "address": address, "port": host_port}
        for address in _host_addresses(client)
    ]
    tries += [
        {"label": "another stack", "kind": "tcp", "address": address, "port": port}
        for address, port in _strangers(client, session)
    ]
    return tries


@contextmanager
def host_listener() -> Iterator[int]:
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
    with translated():
        networks = client.networks.list()
    for network in networks:
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
    with translated():
        containers = client.containers.list(ignore_removed=True)
    for container in containers:
        if container.labels.get(labels.STACK) == session.identity.name:
            continue
        ports = [
            int(p.partition("/")[0]) for p in (container.attrs["Config"].get("ExposedPorts") or {})
        ]
        networks = container.attrs["NetworkSettings"]["Networks"].values()
        addresses = [network["IPAddress"] for network in networks if network.get("IPAddress")]
        found += [(address, port) for address in addresses for port in ports[:1] or [20000]]
    return found[:8]
