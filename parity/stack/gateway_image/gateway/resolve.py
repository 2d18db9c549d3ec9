"""Asks the container's own resolver for addresses, without threads and with a time limit."""

import asyncio
import re
import secrets
import socket
from pathlib import Path

TIMEOUT = 2.0


class Resolver:
    """A-record lookups through one name server."""

    def __init__(self, server: str | None = None, port: int = 53, timeout: float = TIMEOUT) -> None:
        self._server = (server or system_server(), port)
        self._timeout = timeout

    async def addresses(self, name: str) -> list[str]:
        """The IPv4 addresses of a name (or the address itself), sorted; empty if there are none."""
        if _is_ipv4(name):
            return [name]
        try:
            async with asyncio.timeout(self._timeout):
                return sorted(await self._ask(name))
        except (OSError, TimeoutError):
            return []

    async def _ask(self, name: str) -> set[str]:
        import dns.exception
        import dns.message
        import dns.name

        try:
            query = dns.message.make_query(
                dns.name.from_text(name), "A", id=secrets.randbelow(65536)
            )
        except dns.exception.DNSException:
            return set()
        loop = asyncio.get_running_loop()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
            sock.setblocking(False)
            await loop.sock_connect(sock, self._server)
            await loop.sock_sendall(sock, query.to_wire())
            while True:
                found = _addresses_in(await loop.sock_recv(sock, 4096), query.id)
                if found is not None:
                    return found


def _addresses_in(wire: bytes, identity: int) -> set[str] | None:
    import dns.exception
    import dns.message
    import dns.rdatatype

    try:
        answer = dns.message.from_wire(wire, raise_on_truncation=False)
    except (dns.exception.DNSException, ValueError):
        return None
    if answer.id != identity:
        return None
    records = (r for r in answer.answer if r.rdtype == dns.rdatatype.A)
    return {rdata.to_text() for rrset in records for rdata in rrset}


def system_server(path: Path = Path("/etc/resolv.conf")) -> str:
    """The first IPv4 name server of a resolver configuration, else the engine's."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        text = ""
    found = re.findall(r"(?m)^\s*nameserver\s+([0-9.]+)\s*$", text)
    return found[0] if found else "127.0.0.11"


def _is_ipv4(name: str) -> bool:
    try:
        socket.inet_pton(socket.AF_INET, name)
    except (OSError, ValueError):
        return False
    return True
