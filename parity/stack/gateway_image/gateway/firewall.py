"""The packet rules of the container: redirect what would leave, forward nothing, accept little."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from .cluster import ClusterService
from .netns import Legs, NetworkError, tool
from .settings import CLOSED_PORT, DNS_PORT, ROUTER_PORT, Publication

NAT_CHAIN = "PARITY-NAT"
INPUT_CHAIN = "PARITY-INPUT"


def apply(
    legs: Legs, publish: Sequence[Publication], services: Sequence[ClusterService] = ()
) -> None:
    """Install the rules for both families; running it again replaces them."""
    stop_forwarding()
    install("iptables", rules(legs, publish, version=4, services=services))
    wants6 = any(network.subnet6 for network, _ in legs.stack)
    try:
        install("ip6tables", rules(legs, publish, version=6))
    except NetworkError:
        # A kernel without IPv6 has nothing to guard.
        if wants6 or Path("/proc/net/if_inet6").exists():
            raise


def install(program: str, text: str) -> None:
    """Load rules in one step, then lead the built-in chains through them."""
    variant = _variant(program)
    tool(f"{variant}-restore", "--noflush", "--wait", "5", text=text)
    for table, hook, chain in (("filter", "INPUT", INPUT_CHAIN), ("nat", "PREROUTING", NAT_CHAIN)):
        jump = ("-j", chain)
        try:
            tool(variant, "-w", "5", "-t", table, "-C", hook, *jump)
        except NetworkError:
            tool(variant, "-w", "5", "-t", table, "-I", hook, "1", *jump)


def _variant(program: str) -> str:
    """The program, or its legacy form on a kernel that lacks nf_tables."""
    try:
        tool(program, "-w", "5", "-t", "nat", "-S")
    except NetworkError:
        legacy = f"{program}-legacy"
        tool(legacy, "-w", "5", "-t", "nat", "-S")
        return legacy
    return program


def rules(
    legs: Legs,
    publish: Sequence[Publication],
    *,
    version: int,
    services: Sequence[ClusterService] = (),
) -> str:
    """The rules of one family, as the restore programs read them."""
    nat = [rule for _, device in legs.stack for rule in _clusters(device, services)]
    nat += [rule for _, device in legs.stack for rule in _redirects(device)]
    accept = [f"-A {INPUT_CHAIN} -i lo -j ACCEPT"]
    accept += _neighbours(legs) if version == 6 else []
    accept.append(f"-A {INPUT_CHAIN} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT")
    for network, device in legs.stack:
        if version == 4 or network.subnet6 is not None:
            accept += _inner_ports(device) + _cluster_ports(device, services)
    if legs.edge is not None:
        accept += _published(legs.edge.device, publish)
    # The last rule holds for every interface, also for one that is attached later.
    accept.append(f"-A {INPUT_CHAIN} -j DROP")
    filter_table = ["*filter", ":FORWARD DROP [0:0]", f":{INPUT_CHAIN} - [0:0]", *accept, "COMMIT"]
    nat_table = ["*nat", f":{NAT_CHAIN} - [0:0]", *nat, "COMMIT"]
    return "\n".join([*filter_table, *nat_table, ""])


def _redirects(device: str) -> list[str]:
    """Whatever a stack network sends here, by whichever destination, ends in this program.

    No destination is left out: traffic inside a network never passes its gateway, and replies to
    connections that the gateway opened are not looked up in this table.
    """
    start = f"-A {NAT_CHAIN} -i {device}"
    return [
        f"{start} -p tcp --dport 53 -j REDIRECT --to-ports {DNS_PORT}",
        f"{start} -p udp --dport 53 -j REDIRECT --to-ports {DNS_PORT}",
        f"{start} -p tcp -j REDIRECT --to-ports {ROUTER_PORT}",
        f"{start} -p udp -j REDIRECT --to-ports {CLOSED_PORT}",
    ]


def _clusters(device: str, services: Iterable[ClusterService]) -> list[str]:
    """Before all others: ports of Services that the rules below would take for something else."""
    found = []
    for service in services:
        start = f"-A {NAT_CHAIN} -i {device} -d {service.address}"
        for port in service.ports:
            if port.listen:
                found.append(
                    f"{start} -p udp --dport {port.port} -j REDIRECT --to-ports {port.listen}"
                )
            elif port.port == 53:
                found.append(f"{start} -p tcp --dport 53 -j REDIRECT --to-ports {ROUTER_PORT}")
    return found


def _cluster_ports(device: str, services: Iterable[ClusterService]) -> list[str]:
    start = f"-A {INPUT_CHAIN} -i {device}"
    listens = [port.listen for service in services for port in service.ports if port.listen]
    return [f"{start} -p udp --dport {listen} -j ACCEPT" for listen in listens]


def _inner_ports(device: str) -> list[str]:
    start = f"-A {INPUT_CHAIN} -i {device}"
    tcp = [f"{start} -p tcp --dport {port} -j ACCEPT" for port in (ROUTER_PORT, DNS_PORT)]
    udp = [f"{start} -p udp --dport {port} -j ACCEPT" for port in (DNS_PORT, CLOSED_PORT)]
    return tcp + udp


def _published(device: str, publish: Iterable[Publication]) -> list[str]:
    start = f"-A {INPUT_CHAIN} -i {device}"
    return [f"{start} -p {p.protocol} --dport {p.listen} -j ACCEPT" for p in publish]


def _neighbours(legs: Legs) -> list[str]:
    """Neighbour discovery, without which nothing works, where IPv6 is wanted."""
    devices = [device for network, device in legs.stack if network.subnet6 is not None]
    if legs.edge is not None:
        devices.append(legs.edge.device)
    return [
        f"-A {INPUT_CHAIN} -i {device} -p icmpv6 --icmpv6-type {kind} -j ACCEPT"
        for device in devices
        for kind in ("neighbour-solicitation", "neighbour-advertisement")
    ]


def stop_forwarding(root: Path = Path("/proc/sys/net")) -> bool:
    """Turn routing off where the container may; the rules above don't rely on it."""
    switches = (root / "ipv4/ip_forward", root / "ipv6/conf/all/forwarding")
    # Both are tried, whatever becomes of the first.
    results = [_turn_off(switch) for switch in switches if switch.exists()]
    return all(results)


def _turn_off(switch: Path) -> bool:
    try:
        if switch.read_text().strip() != "0":
            switch.write_text("0")
    except OSError:
        return False
    return True
