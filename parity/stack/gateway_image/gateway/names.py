"""The stack's name server: allowed names get made-up addresses, everything else does not exist."""

import asyncio
import socket
from collections.abc import Mapping
from ipaddress import IPv4Address
from types import MappingProxyType

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from .allow import AllowList
from .record import Attempt, Recorder, clean_name
from .sockets import Address, original_destination

TTL = 60
TCP_TIMEOUT = 1.5
MAX_CONNECTIONS = 64
MAX_QUERIES = 32
MAX_QUERY = 4096
BATCH = 64
_NO_SERVICES: Mapping[str, IPv4Address] = MappingProxyType({})
_NO_ALIASES: Mapping[str, str] = MappingProxyType({})

# What dnspython lets through its own error tree when a packet is cut or twisted.
MALFORMED = (dns.exception.DNSException, ValueError, IndexError, OverflowError)


class Names:
    """Answers DNS messages and records the names that were refused."""

    def __init__(
        self,
        allow: AllowList,
        own: frozenset[str],
        recorder: Recorder,
        *,
        services: Mapping[str, IPv4Address] = _NO_SERVICES,
        aliases: Mapping[str, str] = _NO_ALIASES,
    ) -> None:
        self._services = services
        self._aliases = aliases
        self._allow = allow
        self._own = own
        self._recorder = recorder

    def answer(self, wire: bytes, source: str) -> bytes | None:
        """The reply to one message, None if it isn't a query."""
        try:
            query = dns.message.from_wire(wire, ignore_trailing=True)
            if query.flags & dns.flags.QR or not query.question:
                return None
            return self._reply(query, source).to_wire(max_size=512)
        except MALFORMED:
            return None

    def _reply(self, query: dns.message.Message, source: str) -> dns.message.Message:
        reply = dns.message.make_response(query, recursion_available=True)
        if query.opcode() != dns.opcode.QUERY:
            reply.set_rcode(dns.rcode.NOTIMP)
            return reply
        question = query.question[0]
        name = clean_name(question.name.to_text()) or "."
        meant = self._aliases.get(name, name)
        address = self._services.get(name) or self._allow.address_of(meant)
        if address is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
            self._record(meant, source)
        elif question.rdtype in (dns.rdatatype.A, dns.rdatatype.ANY):
            reply.answer.append(_address_record(question, address))
        return reply

    def _record(self, name: str, source: str) -> None:
        if name in self._own or name.endswith((".in-addr.arpa", ".ip6.arpa")):
            return
        self._recorder.add(Attempt("dns-refused", "dns", source, None, 53, name, "dns"))

    def datagrams(self, sock: socket.socket) -> None:
        """Answer what waits on a datagram socket, a batch at a time."""
        for _ in range(BATCH):
            try:
                wire, peer = sock.recvfrom(4096)
                reply = self.answer(wire, str(peer[0]))
                if reply is not None:
                    sock.sendto(reply, peer)
            except BlockingIOError:
                return
            except OSError:
                continue  # An earlier reply bounced or can't be sent now: the client asks again.

    async def stream(self, client: socket.socket, peer: Address) -> None:
        """Answer length-prefixed messages on one TCP connection; reset what isn't DNS."""
        try:
            async with asyncio.timeout(TCP_TIMEOUT):
                for _ in range(MAX_QUERIES):
                    if not await self._message(client, peer):
                        address, port = original_destination(client)
                        self._recorder.add(Attempt("refused", "tcp", peer[0], address, port))
                        return
        except (TimeoutError, EOFError):
            pass
        client.close()

    async def _message(self, client: socket.socket, peer: Address) -> bool:
        """Answer one message; False if it is none."""
        size = int.from_bytes(await _exactly(client, 2), "big")
        # No question is longer; other protocols' first letters would be.
        reply = self.answer(await _exactly(client, size), peer[0]) if size <= MAX_QUERY else None
        if reply is None:
            return False
        framed = len(reply).to_bytes(2, "big") + reply
        await asyncio.get_running_loop().sock_sendall(client, framed)
        return True


def _address_record(question: dns.rrset.RRset, address: IPv4Address) -> dns.rrset.RRset:
    return dns.rrset.from_text(question.name, TTL, dns.rdataclass.IN, dns.rdatatype.A, str(address))


async def _exactly(client: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = await asyncio.get_running_loop().sock_recv(client, size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
