"""`run`: puts the parts together, in an order in which nothing leaks while they start."""

import asyncio
import contextlib
import os
import signal
import socket
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

from . import firewall, names, netns, publish, router
from .allow import AllowList
from .fields import SettingsError
from .ingress import Door
from .named import Named
from .publish_udp import PublishedUdp
from .pump import new_buffer
from .record import Recorder, complain
from .resolve import Resolver
from .settings import DNS_PORT, ROUTER_PORT, Publication, Settings, parse
from .sniff import Sniffer
from .sockets import Acceptor, Address, listen

READY_FILE = Path("/run/parity-ready")
TICK = 0.25


def serve_from(text: str) -> int:
    """Serve until SIGTERM; 2 for wrong settings, 1 for a network that doesn't fit them."""
    try:
        settings = parse(text)
    except SettingsError as error:
        complain(str(error))
        return 2
    try:
        READY_FILE.unlink(missing_ok=True)
        asyncio.run(Gateway(settings).serve())
    except (netns.NetworkError, OSError) as error:
        complain(str(error))
        return 1
    return 0


class Gateway:
    """Everything that listens in one container."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._recorder = Recorder()
        self._allow = AllowList(settings.allow)
        self._resolver = Resolver()
        self._buffer = new_buffer()
        self._tasks: list[asyncio.Task[None]] = []
        self._doors: list[asyncio.Server] = []
        self._ticks: list[Callable[[], None]] = [self._recorder.tick]

    async def serve(self) -> None:
        """Serve until SIGTERM, whatever is going on when it comes."""
        work = asyncio.ensure_future(self._work())
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, work.cancel)
        with contextlib.suppress(asyncio.CancelledError):
            await work
        self._recorder.close()

    async def _work(self) -> None:
        """Listen, then close the way out, then become the gateway: in this order nothing slips by."""
        legs = await netns.find_legs(self._settings.networks)
        self._start_names()
        self._start_router(legs)
        self._start_published()
        await self._start_ingress()
        firewall.apply(legs, self._opened(), self._settings.services)
        self._start_sniffers(legs)
        netns.take_addresses(legs)
        netns.leave_by_edge(legs)
        self._say_ready()
        while True:
            await asyncio.sleep(TICK)
            for tick in self._ticks:
                tick()

    def _say_ready(self) -> None:
        READY_FILE.write_text(f"{os.getpid()}\n")
        self._recorder.ready()

    def _start_names(self) -> None:
        answers = names.Names(
            self._allow,
            self._settings.names,
            self._recorder,
            services={name: s.address for s in self._settings.services for name in s.names},
            aliases=self._settings.aliases,
        )
        for host in self._families():
            sock = listen(host, DNS_PORT, socket.SOCK_DGRAM)
            asyncio.get_running_loop().add_reader(sock, answers.datagrams, sock)
            self._accept(Acceptor(listen(host, DNS_PORT), answers.stream, names.MAX_CONNECTIONS))

    def _start_router(self, legs: netns.Legs) -> None:
        route = router.Route(legs.edge.device if legs.edge else None, self._is_inside)
        handler = router.Router(
            self._allow,
            self._recorder,
            self._resolver,
            route,
            buffer=self._buffer,
            services=self._start_services(),
        )
        for host in self._families():
            self._accept(
                Acceptor(
                    listen(host, ROUTER_PORT),
                    handler.handle,
                    router.MAX_CONNECTIONS,
                    handler.overflow,
                )
            )

    def _start_services(self) -> dict[Address, publish.Published]:
        """The Services' TCP ports by address, for the router; their UDP ports listen themselves."""
        found = {}
        for service in self._settings.services:
            for port in service.ports:
                backends = self._backends(port.backends, port.target)
                if port.protocol == "udp":
                    self._relay_datagrams(port.listen, backends)
                else:
                    carrier = publish.Published(backends, self._buffer)
                    found[str(service.address), port.port] = carrier
        return found

    async def _start_ingress(self) -> None:
        ingress = self._settings.ingress
        backends = {route: self._backends(route.backends, route.port) for route in ingress.routes}
        for entry in ingress.entries:
            door = Door(ingress, entry, backends)
            self._doors.append(await door.open(listen("0.0.0.0", entry.listen)))

    def _backends(self, names: tuple[str, ...], port: int) -> publish.Backends:
        first, *more = names or ("",)
        publication = Publication(port, "tcp", first, port, tuple(more))
        return publish.Backends(publication, self._resolver, self._is_service)

    def _opened(self) -> tuple[Publication, ...]:
        entries = self._settings.ingress.entries
        doors = [Publication(entry.listen, "tcp", "", entry.public) for entry in entries]
        return (*self._settings.publish, *doors)

    def _relay_datagrams(self, port: int, backends: publish.Backends) -> None:
        udp = PublishedUdp(listen("0.0.0.0", port, socket.SOCK_DGRAM), backends)
        udp.start()
        self._ticks.append(udp.tick)

    def _start_published(self) -> None:
        for publication in self._settings.publish:
            backends = publish.Backends(publication, self._resolver, self._is_service)
            if publication.protocol == "udp":
                self._relay_datagrams(publication.listen, backends)
            else:
                handler = self._handler(publication, backends)
                listener = listen("0.0.0.0", publication.listen)
                self._accept(Acceptor(listener, handler.handle, publish.MAX_CONNECTIONS))

    def _handler(
        self, publication: Publication, backends: publish.Backends
    ) -> publish.Published | Named:
        carrier = publish.Published(backends, self._buffer)
        if publication.origin is None:
            return carrier
        behind = self._backends((publication.service,), publication.origin.port)
        return Named(publication.origin, behind, carrier)

    def _start_sniffers(self, legs: netns.Legs) -> None:
        served = {
            (str(service.address), port.port)
            for service in self._settings.services
            for port in service.ports
            if port.protocol == "udp"
        }
        for network, device in legs.stack:
            for version in (4, 6) if network.subnet6 else (4,):
                sniffer = Sniffer(
                    network, device, version, self._allow, self._recorder, served=served
                )
                asyncio.get_running_loop().add_reader(sniffer.sock, sniffer.ready)

    def _accept(self, acceptor: Acceptor) -> None:
        self._tasks.append(asyncio.ensure_future(acceptor.serve()))

    def _families(self) -> tuple[str, ...]:
        has6 = any(network.subnet6 for network in self._settings.networks)
        return ("0.0.0.0", "::") if has6 else ("0.0.0.0",)

    def _is_service(self, address: str) -> bool:
        found = ip_address(address)
        return any(found in network.subnet for network in self._settings.networks)

    def _is_inside(self, address: str) -> bool:
        found = ip_address(address)
        subnets6 = (n.subnet6 for n in self._settings.networks if n.subnet6)
        return (
            found.is_loopback
            or found.is_unspecified
            or found.is_multicast
            or self._is_service(address)
            or any(found in subnet for subnet in subnets6)
        )
