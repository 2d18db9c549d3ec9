"""RU: the network as running containers have it: where they listen, how names resolve, packet sizes."""

from collections.abc import Iterator
from functools import lru_cache

from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules._answers import port_of
from parity.rules._live import decided, names, number, texts
from parity.rules._values import calls, names_of, shares_network
from parity.rules.contract import Found, joint, single

_READS = (Layer.DECLARED, Layer.RUNNING)
_DEFAULT_DOTS = 1
_LOCAL = ("localhost", "127.0.0.1", "::1")


@joint(
    "RU019", "running.listens-on-loopback-only", Severity.ERROR, reads=_READS,
    symptoms=(r"connection refused|ECONNREFUSED", r"empty reply", r"connection reset", r"no response"),
    since="0.3",
)  # fmt: skip
def listens_on_loopback_only(side: Side) -> Iterator[Found]:
    """A service listens inside its container only, and others are to reach it.

    What it compares:
        The addresses on which process 1 and its children listen with published ports and with the services
        that name this one as a host.

    Why it matters:
        `127.0.0.1` in a container is the container alone. A published port and other services get
        "connection refused" or an empty reply; run on the laptop without a container the same program
        answers.

    Example:
        local: `127.0.0.1:8080` in the container, port 8080 published
        production: `0.0.0.0:8080`

    What to do:
        Let the program listen on `0.0.0.0` (`--host`, `HOST`, `bind`).

    When to ignore it:
        When a proxy in the same container, or one that shares its network, answers for it.

    References:
        Docker documentation, Networking. Incidents bind-libnetwork-akka, bind-trustroots-localhost.
    """
    shared = {str(s.get("network_mode")).partition(":")[2] for s in side.services.values()}
    for name, service in side.services.items():
        if shares_network(service) or name in shared:
            continue
        for path, value in service.under("running", "listening").items():
            port, _, protocol = str(path[-1]).partition("/")
            if value == "loopback" and protocol == "tcp" and (why := _wanted(side, service, port)):
                yield Found(
                    f"port {port} of `{name}` is open inside its container only, and {why}",
                    f"let the program listen on 0.0.0.0:{port}",
                    ((name, path), *_published(service, port)),
                )


def _published(service: Service, port: str) -> list[tuple[str, tuple[str, ...]]]:
    key = f"{port}/tcp"
    return [(service.name, ("ports", key))] if service.under("ports", key) else []


def _wanted(side: Side, service: Service, port: str) -> str:
    """Who is to reach the port; empty where nobody is known to."""
    if _published(service, port):
        return "it is published"
    found = (row for host in names_of(service) for row in _callers(side).get((host, port), ()))
    other = next(((who, variable) for who, variable in found if who != service.name), None)
    return f"`{other[0]}` connects to it ({other[1]})" if other else ""


@lru_cache(maxsize=4)
def _callers(side: Side) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """Host and port -> the services that name it, and in which variable."""
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for service in side.services.values():
        for variable, _, ends in calls(service):
            for end in ends:
                rows = found.setdefault((end.host, port_of(end)), [])
                rows.append((service.name, variable))
    return found


@single(
    "RU020", "running.names-resolve-otherwise", Severity.WARNING, reads=_READS,
    paths=("running.dns.options", "running.dns.search"),
    symptoms=(r"EAI_AGAIN|ENOTFOUND", r"unknown (?:MySQL )?(?:server )?host", r"could not resolve", r"name resolution",
              r"no such host", r"\bDNS\b"), since="0.3",
)  # fmt: skip
def names_resolve_otherwise(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Names are looked up in other ways: search domains are tried first, or other ones.

    What it compares:
        The options of resolv.conf, `ndots` above all, and whether there are search domains. That two
        environments search different domains is no finding.

    Why it matters:
        With `ndots:5` a name with fewer dots, which is nearly every one, is asked under each search domain
        first: five times the questions, and five times the chance that one is lost. Now and then a name
        that exists is not found. With a search domain a short name may find another host.

    Example:
        local: no options
        production: `[ndots:5]`, three search domains

    What to do:
        `dnsConfig: {options: [{name: ndots, value: "1"}]}`, or a dot at the end of outside names.

    When to ignore it:
        When the service talks to nobody outside.

    References:
        resolv.conf(5). Incident ndots-mdn-mysql-host.
    """
    if decided(difference, comparison):
        return
    one, two = names(comparison)
    sides = [texts(value) for value in (difference.left, difference.right)]
    if difference.path[-1] == "search":
        if bool(sides[0]) is not bool(sides[1]):
            where = one if sides[0] else two
            yield Found(
                f"short names are looked up in {', '.join(sides[0] or sides[1])} in {where} alone",
                "write whole names of other hosts, with a dot at their end",
                severity=Severity.INFO,
            )
        return
    dots = [_dots(side) for side in sides]
    if dots[0] != dots[1]:
        where, most = (one, dots[0]) if dots[0] > dots[1] else (two, dots[1])
        yield Found(
            f"names with fewer than {most} dots are asked under each search domain first in {where}: more "
            "questions, of which one may be lost",
            'dns_opt: ["ndots:1"], in Kubernetes dnsConfig, or a dot at the end of outside names',
        )


def _dots(options: tuple[str, ...]) -> int:
    for option in options:
        name, _, value = option.partition(":")
        if name == "ndots" and value.isdecimal() and len(value) < 4:  # noqa: PLR2004
            return int(value)
    return _DEFAULT_DOTS


@joint(
    "RU021", "running.packets-too-large", Severity.ERROR, reads=(*_READS, Layer.HOST),
    symptoms=(r"hang", r"TLS handshake timeout", r"time(?:d)? ?out", r"stall"), since="0.3",
)  # fmt: skip
def packets_too_large(side: Side) -> Iterator[Found]:
    """Containers send larger packets than the host's network takes.

    What it compares:
        The MTU of the container's interfaces with that of the host's interface that leads out.

    Why it matters:
        Small answers come through, large ones vanish: a TLS handshake hangs at the certificate, a download
        stops. From the host itself everything works. Networks of clouds, VPNs and tunnels have smaller
        packets than 1500.

    Example:
        local: 1500 and 1500
        production: 1500 in the container, 1454 on the host

    What to do:
        `"mtu": 1454` in daemon.json, or `driver_opts: {com.docker.network.driver.mtu: "1454"}`.

    When to ignore it:
        When the service speaks to its own host only.

    References:
        Docker documentation, dockerd: mtu; RFC 2923. Incident mtu-openstack-https-hang.
    """
    for name, service in side.services.items():
        inside, outside = number(service.get("running", "mtu")), number(service.get("host", "mtu"))
        if inside and outside and inside > outside and not shares_network(service):
            yield Found(
                f"the container sends packets of {inside:.0f} bytes, and its host's network takes {outside:.0f}: "
                "large answers vanish",
                f'networks: {{default: {{driver_opts: {{com.docker.network.driver.mtu: "{outside:.0f}"}}}}}}',
                ((name, ("running", "mtu")), (name, ("host", "mtu"))),
            )


@single(
    "RU022", "running.localhost-differs", Severity.WARNING, paths=("running.localhost",), reads=_READS,
    symptoms=(r"connection refused|ECONNREFUSED", r"::1", r"unhealthy"), since="0.3",
)  # fmt: skip
def localhost_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """`localhost` is another address first, where the service calls itself by that name.

    What it compares:
        The addresses of `localhost` in the container's /etc/hosts and their order, of services whose health
        check, command or variables say `localhost`.

    Why it matters:
        Some clients try the first address alone. A server that listens on 127.0.0.1 is not there at ::1:
        the check fails with "connection refused" while the service works.

    Example:
        local: `127.0.0.1, ::1`
        production: `::1, 127.0.0.1`

    What to do:
        Write `127.0.0.1` where the server listens on that, or let it listen on both.

    When to ignore it:
        When the clients try all addresses.

    References:
        RFC 6724; Node.js documentation, dns.setDefaultResultOrder. Incident bind-trustroots-localhost.
    """
    sides = [texts(value) for value in (difference.left, difference.right)]
    both = comparison.pair(difference.service)
    if not all(sides) or both is None or decided(difference, comparison):
        return
    first = [each[0] for each in sides]
    if first[0] != first[1] and any(_calls_itself(each) for each in (both.left, both.right)):
        one, two = names(comparison)
        yield Found(
            f"`localhost`, which the service calls itself by, is {first[0]} first in {one} and {first[1]} in {two}",
            "write 127.0.0.1 in place of localhost",
        )


def _calls_itself(service: Service) -> bool:
    test = service.get("healthcheck", "test")
    said = " ".join(map(str, test)) if test is not ABSENT else ""
    ends = (end.host for _, _, found in calls(service) for end in found)
    return "localhost" in said or any(host in _LOCAL[:1] for host in ends)
