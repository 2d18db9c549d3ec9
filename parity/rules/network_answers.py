"""NE: addresses of services of the same environment on ports where nothing answers."""

from collections.abc import Iterator

from parity.diff.view import Service, Side
from parity.model.document import Path
from parity.model.finding import Severity
from parity.rules._answers import Target, is_inside, leads_to, port_of, refuses
from parity.rules._values import Endpoint, by_name, calls
from parity.rules.contract import Found, joint

_is_seen_from_outside = by_name(
    "ORIGIN|PUBLIC|EXTERNAL|LISTEN|BIND|ADVERTISED|CALLBACK|REDIRECT|ISSUER|CORS|CSRF|ALLOWED|NO_PROXY"
)
"""Variables whose addresses browsers use, or nobody connects to."""


@joint(
    "NE012", "network.nothing-answers-there", Severity.ERROR,
    symptoms=("ECONNREFUSED", "connection refused", "time(d)? ?out", "502", "bad gateway", "no route to host"),
    since="0.2",
)  # fmt: skip
def nothing_answers_there(side: Side) -> Iterator[Found]:
    """A variable names a service of the environment on a port where nothing answers.

    What it compares:
        Ports in variables that name a service of the same environment with the ports that answer there:
        those of a Service in Kubernetes (headless ones are left out); in Compose the port behind a published
        one, the only port of an official database image, or PORT where the service exposes it (a
        warning). A port that the other service mentions anywhere is taken for right.

    Why it matters:
        The connection is refused, or waits until it times out. A Kubernetes Service answers on its `port`
        alone, not on the port its containers listen on; Compose publishes a port for the laptop,
        and containers still talk to the one behind it.

    Example:
        local: `BACKEND_URL=http://backend:9000`, and `backend` listens on 9000
        production: the same URL, and the Service `backend` has `port: 80`, `targetPort: 9000`

    What to do:
        Name the port that answers, or have the Service answer on the one that is named.

    When to ignore it:
        When the program does not use the address, or something else opens the port.

    References:
        Kubernetes, Service; Compose Specification on ports and expose.
    """
    for service in side.services.values():
        for name, value, hosts in calls(service):
            # Without a colon there is neither a scheme nor a port.
            if ":" not in str(value) or _is_seen_from_outside(name):
                continue
            for endpoint in hosts:
                target = _dead(side, service, endpoint)
                if target is not None:
                    yield _found(side, service, name, endpoint, target)
                    break


def _dead(side: Side, service: Service, endpoint: Endpoint) -> Target | None:
    """What the address leads to, where nothing answers on its port."""
    if not is_inside(side, endpoint.host) or service.name == leads_to(side, endpoint.host):
        return None
    target = refuses(side, endpoint)
    if target is None or (not endpoint.port and _says_a_port(service, target)):
        return None
    hosts = {str(path[1]).lower() for path in service.under("extra_hosts") if len(path) > 1}
    return None if endpoint.host in hosts or service.get("links") else target


def _says_a_port(service: Service, target: Target) -> bool:
    """Whether another variable brings the port that an address without one lacks."""
    return any(
        "PORT" in name.upper() and str(v) in target.ports for name, v in service.environment()
    )


def _found(side: Side, service: Service, name: str, endpoint: Endpoint, target: Target) -> Found:
    ports = sorted(target.ports, key=int)
    known = " and ".join(ports)
    leads = f", which leads to its container's {target.inside}" if target.inside else ""
    asked = port_of(endpoint)
    fix = f"write the port that answers: {endpoint.host}:{ports[0]}"
    if side.source == "kubernetes":
        fix += f"; or give the Service `port: {asked}`"
    what = "the Service " if side.source == "kubernetes" else ""
    at: Path = ("environment", name)
    return Found(
        f"`{name}` of `{service.name}` asks `{endpoint.host}` on port {asked}, and {what}`{target.name}` "
        f"answers on {known} only{leads}",
        fix,
        at=((service.name, at), target.setting),
        severity=None if target.sure else Severity.WARNING,
    )
