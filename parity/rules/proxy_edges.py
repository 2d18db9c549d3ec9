"""Where requests enter an environment: proxies among its services, ingress rules, where TLS ends."""

import re
from collections.abc import Iterator
from typing import Any

from parity.diff.view import Comparison, Service, Side
from parity.model.difference import Difference
from parity.model.document import Path
from parity.rules import proxy_nginx as nginx

ALWAYS = frozenset({"haproxy", "traefik", "caddy"})
SOMETIMES = frozenset({"nginx", "apache"})
"""Servers that proxy, or only serve files."""
_NAMED = re.compile(
    r"proxy|gateway|ingress|router|balancer|\blb\b|edge|nginx|envoy|kong|apisix", re.IGNORECASE
)
_PROXY_IMAGE = re.compile(
    r"(?:^|[-_/])(?:envoy|kong|apisix|openresty|nginx-proxy|swag|nginx-proxy-manager)$"
)
_MAYBE = re.compile(r"nginx|haproxy|traefik|caddy|httpd|apache|envoy|kong|apisix|openresty|swag")
"""Asked first: most services are no proxies."""
_FRONTS = frozenset({"cloudrun"})
"""Notations whose platform stands in front of every service."""
_TLS_PORTS = ("443/tcp", "8443/tcp")
_TLS_LABEL = re.compile(r"^traefik\.(?:http|tcp)\.routers\.[^.]+\.tls(?:$|\.)")

Place = tuple[str, Path]


def once(difference: Difference, comparison: Comparison) -> bool:
    """Whether this is the one difference in whose turn a rule speaks of the whole comparison."""
    return difference is comparison.differences[0]


def proxies(side: Side) -> list[Service]:
    """The services that pass requests on to others."""
    return [service for service in side.services.values() if is_proxy(service)]


def is_proxy(service: Service) -> bool:
    """Whether a service passes requests on, as far as its image, name and configuration tell."""
    repository = str(service.settings.get(("image", "repository")) or "")
    if not _MAYBE.search(repository):
        return False
    technology = service.technology
    if technology in ALWAYS or _PROXY_IMAGE.search(repository):
        return True
    if technology not in SOMETIMES:
        return False
    files = nginx.configurations(service)
    if files:
        return any(d.name.endswith("_pass") for file in files.values() for d in file)
    return bool(_NAMED.search(service.name))


def ingress(side: Side) -> list[tuple[int, dict[str, Any]]]:
    """The environment's ingress rules with their numbers."""
    rows = (side.document.get("x-parity") or {}).get("ingress") or ()
    return [(number, row) for number, row in enumerate(rows) if isinstance(row, dict)]


def behind(side: Side, name: str) -> frozenset[str]:
    """The services that answer to a name: the one called so, or the backends of a Service object."""
    known = (side.document.get("x-parity") or {}).get("services") or ()
    for row in known:
        if isinstance(row, dict) and row.get("name") == name:
            return frozenset(map(str, row.get("backends") or (name,)))
    return frozenset({name})


def has_edge(side: Side) -> bool:
    """Whether something stands between clients and services."""
    return bool(proxies(side) or ingress(side)) or side.source in _FRONTS


def tls_ends(side: Side) -> Iterator[Place]:
    """Settings that say that TLS ends inside this environment."""
    for number, row in ingress(side):
        if row.get("tls") is True:
            yield "", ("x-parity", "ingress", number, "tls")
    for service in side.services.values():
        for port in _TLS_PORTS:
            if ("ports", port, "published") in service.settings:
                yield service.name, ("ports", port)
        for path, file in nginx.configurations(service).items():
            if any(d.name == "listen" and "ssl" in d.words for d in file):
                yield service.name, (*path, "listen")
        for path in service.settings if noted(service) else ():
            if "labels" in path[:2] and _TLS_LABEL.match(str(path[-1])):
                yield service.name, path


def noted(service: Service) -> bool:
    """Whether a service has labels or annotations at all."""
    document = service.document
    below = (document.get("deploy") or {}).get("labels")
    return bool(document.get("labels") or document.get("annotations") or below)


def notes(side: Side, service: Service) -> Iterator[tuple[Place, str, str]]:
    """Labels and annotations that speak of what stands in front of a service: place, key, value."""
    for path, value in service.settings.items() if noted(service) else ():
        if path[0] in ("labels", "annotations") or path[:2] == ("deploy", "labels"):
            yield (service.name, path), str(path[-1]), str(value)
    for number, row in ingress(side):
        if service.name in behind(side, str(row.get("service"))):
            for key, value in (row.get("annotations") or {}).items():
                yield (
                    ("", ("x-parity", "ingress", number, "annotations", key)),
                    str(key),
                    str(value),
                )
    known = (side.document.get("x-parity") or {}).get("services") or ()
    for number, row in enumerate(known):
        if isinstance(row, dict) and service.name in behind(side, str(row.get("name"))):
            for key, value in (row.get("annotations") or {}).items():
                place: Place = ("", ("x-parity", "services", number, "annotations", key))
                yield place, str(key), str(value)
