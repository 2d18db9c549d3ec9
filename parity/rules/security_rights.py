"""SE: rights that a definition seems to give and that the process does not get."""

import re
from collections.abc import Iterator

from parity.diff.view import Service, Side
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.rules.contract import Found, joint
from parity.rules.security import DENIED, closed_to_rights, root

_LOW = 1024
"""Ports below are the super-user's, unless the kernel is told otherwise."""
_DOCKER = frozenset({"compose", "docker", "swarm", "ecs", "dotenv"})
"""Notations whose engine lets everybody open low ports inside a container's own network."""
_BIND_LOW = frozenset({"NET_BIND_SERVICE", "CAP_NET_BIND_SERVICE", "ALL"})


@joint("SE007", "security.file-capability-ignored", Severity.ERROR, symptoms=DENIED, since="0.2")
def file_capability_ignored(side: Side) -> Iterator[Found]:
    """A capability is added, and no-new-privileges keeps the program from having it.

    What it compares:
        `cap_add` and `no-new-privileges` of a service that runs as another user than root.

    Why it matters:
        A user other than root gets an added capability only through the program's file, and exactly that
        is what no-new-privileges switches off. The definition reads as if the right were given.

    Example:
        local: `cap_add: [NET_BIND_SERVICE]`
        production: the same, with `security_opt: [no-new-privileges:true]` and `user: "1000"`

    What to do:
        Listen on a port above 1024, or set `sysctls: {net.ipv4.ip_unprivileged_port_start: "0"}`.

    When to ignore it:
        When the process starts as root and keeps the capability itself.

    References:
        Incidents cap-mercure-no-new-privs, cap-docker2010-unprivileged-port; capabilities(7).
    """
    for name, service in side.services.items():
        added = service.get("cap_add")
        closed = closed_to_rights(service.get("security_opt"))
        if not (closed and isinstance(added, tuple) and added) or is_root(service) is not False:
            continue
        at: list[tuple[str, Path]] = [(name, ("security_opt",)), (name, ("cap_add",))]
        if service.get("user") is not ABSENT:
            at.append((name, ("user",)))
        shown = ", ".join(map(str, added))
        yield Found(
            f"{shown} is added for a user other than root, and no-new-privileges takes it away again",
            "listen on a port above 1024, or "
            'set sysctls: {net.ipv4.ip_unprivileged_port_start: "0"} and drop the capability',
            tuple(at),
        )


def is_root(service: Service) -> bool | None:
    """Whether the service runs as the super-user; None where only the image knows."""
    known = root(service.get("user"))
    if known is None and service.get("x-parity", "run_as_non_root") is True:
        return False
    return known


@joint("SE008", "security.low-port-without-right", Severity.ERROR, symptoms=DENIED, since="0.2")
def low_port_without_right(side: Side) -> Iterator[Found]:
    """A service that does not run as root is to listen on a port below 1024.

    What it compares:
        The container's ports and `PORT` with the user, where the network's low ports are kept: in
        Kubernetes, in the host's network, or where the sysctl says so. Docker opens them to everybody
        inside a container's own network.

    Why it matters:
        Binding fails with "permission denied" in production, while Docker on the laptop allows it.

    Example:
        local: Docker, `user: "1000"`, port 80
        production: Kubernetes, `runAsUser: 1000`, `containerPort: 80`

    What to do:
        Listen on a port above 1024 and let the Service or proxy map it.

    When to ignore it:
        When the cluster's engine is set up to open low ports.

    References:
        Incidents cap-docker2010-unprivileged-port, cap-mercure-no-new-privs.
    """
    for name, service in side.services.items():
        if is_root(service) is not False or not _low_ports_kept(service, side):
            continue
        added = service.get("cap_add")
        if isinstance(added, tuple) and _BIND_LOW & set(map(str, added)):
            continue
        for path, port in _ports(service):
            if 0 < port < _first_open(service):
                yield Found(
                    f"it does not run as root and is to listen on port {port}",
                    "listen on a port above 1024, and map it in front of the service",
                    ((name, path), (name, ("user",))),
                )
                break


def _low_ports_kept(service: Service, side: Side) -> bool:
    told = service.get("sysctls", "net.ipv4.ip_unprivileged_port_start") is not ABSENT
    return told or service.get("network_mode") == "host" or side.source not in _DOCKER


def _first_open(service: Service) -> int:
    told = str(service.get("sysctls", "net.ipv4.ip_unprivileged_port_start"))
    return int(told) if told.isdecimal() else _LOW


def _ports(service: Service) -> Iterator[tuple[Path, int]]:
    """Ports that the service is said to listen on."""
    for path in service.settings:
        if path[0] == "ports" and path[2:] == ("published",):
            match = re.match(r"(\d+)/", str(path[1]))
            if match:
                yield path[:2], int(match[1])
    exposed = service.get("expose")
    for text in exposed if isinstance(exposed, tuple) else ():
        match = re.match(r"(\d+)/", text)
        if match:
            yield ("expose",), int(match[1])
    text = service.env("PORT") or ""
    if text.isdecimal():
        yield ("environment", "PORT"), int(text)
