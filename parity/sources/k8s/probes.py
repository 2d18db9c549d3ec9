"""Probes: a command becomes the health check; the others stand in the `x-parity` extension."""

from typing import Any

from parity.model.document import Document
from parity.sources.k8s.pod import Container, Pod
from parity.sources.ledger import Node

_KINDS = {"readiness": "readinessProbe", "liveness": "livenessProbe", "startup": "startupProbe"}
_TIMES = {
    "interval_seconds": ("periodSeconds", 10),
    "timeout_seconds": ("timeoutSeconds", 1),
    "initial_delay_seconds": ("initialDelaySeconds", 0),
    "failure_threshold": ("failureThreshold", 3),
    "success_threshold": ("successThreshold", 1),
}
"""Our name: Kubernetes' name and its default."""
_LAST_PORT = 65535
DEFAULT_PORT = 8080
"""Of Knative and Cloud Run, where a container names none."""


def probes(pod: Pod, container: Container) -> None:
    """Write the container's probes."""
    found = {kind: container.node.at(name).table() for kind, name in _KINDS.items()}
    read = {kind: _read(pod, container, node) for kind, node in found.items() if node}
    first = next((kind for kind in _KINDS if kind in read), "")
    if first and "exec" in read[first]:
        check = read.pop(first)
        _healthcheck(container, check, found[first], read.get("startup", {}))
    for kind, probe in read.items():
        container.service.put(("x-parity", "probes", kind), probe, found[kind])


def duration(seconds: int) -> str:
    """As Docker Compose prints it: `1m30s`."""
    hours, rest = divmod(max(seconds, 0), 3600)
    minutes, rest = divmod(rest, 60)
    text = (f"{hours}h" if hours else "") + (f"{minutes}m" if hours or minutes else "")
    return f"{text}{rest}s"


def port_number(pod: Pod, container: Container, node: Node) -> int:
    """A port by number, or by the name that one of the container's ports has."""
    name = node.value
    if not node and pod.serving is not None:  # the platform asks the port that serves
        return container.node.at("ports", 0, "containerPort").number(DEFAULT_PORT)
    if isinstance(name, str) and not name.isdecimal():
        node.take()
        own = (port for port in container.node.at("ports").each() if port.at("name").value == name)
        port = next(own, None)
        number = port.at("containerPort").number() if port else pod.port(name)
        if number is None:
            raise node.error(f"no port of the container `{container.name}` is called `{name}`")
        return number
    number = node.number()
    if not 0 < number <= _LAST_PORT:
        raise node.error(f"{number} is no port")
    return number


def handler(pod: Pod, container: Container, node: Node) -> Document:
    """What a probe or hook does: `http`, `tcp`, `grpc` or `exec`; empty where nothing known."""
    if node.at("exec"):
        return {"exec": {"command": node.at("exec", "command").texts()}}
    if node.at("httpGet"):
        return {"http": _http(pod, container, node.at("httpGet"))}
    if node.at("tcpSocket"):
        where = node.at("tcpSocket")
        host = {"host": where.at("host").text()} if where.at("host") else {}
        return {"tcp": {"port": port_number(pod, container, where.at("port")), **host}}
    if node.at("grpc"):
        service = node.at("grpc", "service").text()
        port = port_number(pod, container, node.at("grpc", "port"))
        return {"grpc": {"port": port, **({"service": service} if service else {})}}
    return {}


def _http(pod: Pod, container: Container, node: Node) -> Document:
    headers = {
        row.at("name").text(): row.at("value").text() for row in node.at("httpHeaders").each()
    }
    path = node.at("path").text("/") or "/"
    return {
        "path": path if path.startswith("/") else f"/{path}",
        "port": port_number(pod, container, node.at("port")),
        "scheme": node.at("scheme").text("HTTP"),
        "headers": headers,
        **({"host": node.at("host").text()} if node.at("host") else {}),
    }


def _read(pod: Pod, container: Container, node: Node) -> Document:
    probe: dict[str, Any] = handler(pod, container, node)
    if not probe:
        raise node.error("a probe that asks nothing: exec, httpGet, tcpSocket or grpc")
    for name, (field, default) in _TIMES.items():
        probe[name] = node.at(field).number(default)
    grace = node.at("terminationGracePeriodSeconds")
    if grace:
        probe["stop_grace_seconds"] = grace.number()
    return probe


def _healthcheck(container: Container, probe: Document, node: Node, startup: Document) -> None:
    start = probe["initial_delay_seconds"]
    if startup:
        start += startup["initial_delay_seconds"]
        start += startup["interval_seconds"] * startup["failure_threshold"]
    check: dict[str, Any] = {
        "test": ["CMD", *probe["exec"]["command"]],
        "interval": duration(probe["interval_seconds"] or 10),
        "timeout": duration(probe["timeout_seconds"] or 1),
        "retries": probe["failure_threshold"] or 3,
    }
    if start:
        check["start_period"] = duration(start)
    container.service.put(("healthcheck",), check, node)
    for name, field in (
        ("periodSeconds", "interval"),
        ("timeoutSeconds", "timeout"),
        ("failureThreshold", "retries"),
        ("initialDelaySeconds", "start_period"),
    ):
        if node.at(name) and field in check:
            container.service.put(("healthcheck", field), check[field], node.at(name))
    reason = "a health check of Compose has no such setting"
    node.at("successThreshold").lose(reason)
    node.at("terminationGracePeriodSeconds").lose(reason)
