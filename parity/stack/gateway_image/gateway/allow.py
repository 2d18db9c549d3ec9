"""Which hosts may be reached, and the made-up addresses that stand for their names inside the stack."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, ip_address

from .hello import Spoken
from .record import clean_name
from .settings import Allowance

# Set aside for benchmarks (RFC 2544), so no real host is hidden by it.
SYNTHETIC = IPv4Network("198.18.0.0/15")
FIRST_FOR_WILDCARDS = SYNTHETIC.network_address + 0x8000
MAX_WILDCARD_NAMES = 4096


@dataclass(frozen=True, slots=True)
class Target:
    """Where an allowed connection really goes."""

    host: str
    port: int


class AllowList:
    """Names to synthetic addresses and back, and the verdict on a connection."""

    def __init__(self, entries: tuple[Allowance, ...]) -> None:
        self._entries = entries
        self._addresses: dict[str, IPv4Address] = {}
        self._names: dict[str, str] = {}
        self._wildcard_names = 0
        for entry in entries:
            if entry.address is None and not entry.wildcard and entry.host not in self._addresses:
                self._assign(entry.host, SYNTHETIC.network_address + len(self._addresses) + 1)

    def address_of(self, name: str) -> IPv4Address | None:
        """The address to answer for a name, None when it isn't allowed (or the table is full)."""
        known = self._addresses.get(name)
        if known is not None or not any(e.wildcard and e.covers(name) for e in self._entries):
            return known
        # Reusing an address would lead a client's cached answer to another host: a full table refuses.
        if self._wildcard_names >= MAX_WILDCARD_NAMES:
            return None
        address = FIRST_FOR_WILDCARDS + self._wildcard_names
        self._wildcard_names += 1
        self._assign(name, address)
        return address

    def name_of(self, address: str) -> str | None:
        """The allowed name behind a synthetic address."""
        return self._names.get(address)

    def target(self, address: str, port: int, spoken: Spoken | None) -> Target | None:
        """Where a connection to an address may go, None to refuse it."""
        name = self._names.get(address)
        if name is None:
            return Target(address, port) if self._allows_address(address, port) else None
        if spoken is not None and clean_name(spoken.name) != name:
            return None
        fits = any(e.covers(name) and e.port in (None, port) for e in self._entries)
        return Target(name, port) if fits else None

    def _assign(self, name: str, address: IPv4Address) -> None:
        self._addresses[name] = address
        self._names[str(address)] = name

    def _allows_address(self, address: str, port: int) -> bool:
        wanted: IPv4Address | IPv6Address = ip_address(address)
        return any(e.address == wanted and e.port in (None, port) for e in self._entries)
