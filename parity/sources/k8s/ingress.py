"""Ingresses: hosts and paths, for the gateway."""

import re
from collections.abc import Iterator, Mapping

from parity.model.document import Document
from parity.sources.k8s.draft import Draft
from parity.sources.k8s.objects import Object
from parity.sources.ledger import Node

_CONTROLLER = re.compile(r"ingress\.kubernetes\.io/")
Services = Mapping[tuple[str, str], Document]
"""The Services' extensions by namespace and name."""


def ingress(thing: Object, services: Services, draft: Draft) -> None:
    """Write one Ingress."""
    spec = thing.at("spec").table()
    secure = _secure(spec)
    told = _told(thing)
    for node, row in _rows(thing, spec, services, secure):
        if told:
            row["annotations"] = {key: setting.text() for key, setting in told.items()}
        number = len(draft.get(("x-parity", "ingress")))
        draft.put(("x-parity", "ingress", number), row, node)
    spec.at("ingressClassName").lose("here the gateway is the only controller")
    for row_of_tls in spec.at("tls").each():
        row_of_tls.at("secretName").lose("the local authority issues the certificate")
    metadata = thing.at("metadata")
    metadata.at("labels").lose_unread("of the object; nothing reads them here")
    for _, node in metadata.at("annotations").entries():
        node.lose_unread("a setting of production's ingress controller; the gateway has its own")


def _told(thing: Object) -> dict[str, Node]:
    """What the controller in front is told (time-outs, sizes, affinity), for those who compare."""
    rows = thing.at("metadata", "annotations").entries()
    return {key: node for key, node in rows if _CONTROLLER.search(key)}


def _secure(spec: Node) -> set[str] | None:
    """Hosts with a certificate; None where an entry without hosts means all."""
    hosts: set[str] = set()
    for row in spec.at("tls").each():
        names = row.table().at("hosts").texts()
        if not names:
            return None
        hosts |= set(names)
    return hosts


def _rows(
    thing: Object, spec: Node, services: Services, secure: set[str] | None
) -> Iterator[tuple[Node, Document]]:
    default = spec.at("defaultBackend") or spec.at("backend")
    if default:
        yield default, _row(thing, default, services, host="", path=None, secure=secure)
    for rule in spec.at("rules").each():
        host = rule.table().at("host").text()
        for path in rule.at("http", "paths").each():
            backend = path.table().at("backend").table()
            yield path, _row(thing, backend, services, host=host, path=path, secure=secure)


def _row(
    thing: Object,
    backend: Node,
    services: Services,
    *,
    host: str,
    path: Node | None,
    secure: set[str] | None,
) -> Document:
    name, port = _target(backend)
    known = services.get((thing.namespace, name))
    return {
        "host": host,
        "path": (path.at("path").text("/") if path else "/") or "/",
        "path_type": path.at("pathType").text("ImplementationSpecific") if path else "Prefix",
        "service": name,
        "port": _number(port, known),
        "tls": secure is None or host in secure,
    }


def _target(backend: Node) -> tuple[str, Node]:
    old = backend.at("serviceName")
    if old:
        return old.text(), backend.at("servicePort")
    name = backend.at("service", "name")
    backend.at("resource").lose("a backend that is no Service")
    port = backend.at("service", "port").table()
    return name.text(), port.at("number") or port.at("name")


def _number(port: Node, service: Document | None) -> int:
    """The port's number; 0 where the Service that names it is not in the definition."""
    if not port:
        return 0
    if not isinstance(port.value, str) or port.value.isdecimal():
        return port.number()
    name = port.text()
    for row in service["ports"] if service else ():
        if row["name"] == name:
            return int(row["port"])
    if service:
        raise port.error(f"the Service `{service['name']}` has no port called `{name}`")
    port.lose("its Service is not in what was read: the number is not known")
    return 0
