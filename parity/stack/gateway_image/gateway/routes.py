"""Which backend an HTTP request is for: by host name, then by the longest path that fits."""

from collections.abc import Sequence
from dataclasses import dataclass

from .fields import SettingsError, each, name, port_number, table, text

EXACT, PREFIX = "Exact", "Prefix"
SECRETS = "/run/secrets/"


@dataclass(frozen=True, slots=True)
class Route:
    """A rule of an ingress. `host` may be empty (any) or `*.domain` (one more label)."""

    host: str
    path: str
    exact: bool
    backends: tuple[str, ...]
    port: int

    def fits(self, path: str) -> bool:
        """Whether a path is meant: the same, or (unless exact) one below it, by whole segments."""
        if self.exact:
            return path == self.path
        prefix = self.path.rstrip("/")
        return path == prefix or path.startswith(prefix + "/")


@dataclass(frozen=True, slots=True)
class Entry:
    """A port of the edge on which requests come in; `public` is production's number for it."""

    listen: int
    tls: bool
    public: int


@dataclass(frozen=True, slots=True)
class Ingress:
    """All rules, where requests come in, and the files of the certificate."""

    entries: tuple[Entry, ...] = ()
    routes: tuple[Route, ...] = ()
    certificate: str = ""
    key: str = ""


def find(routes: Sequence[Route], host: str, path: str) -> Route | None:
    """The rule for a request; a host that has rules of its own gets none of the others'."""
    for pattern in (host, "*." + host.partition(".")[2], ""):
        here = [route for route in routes if route.host == pattern]
        if here:
            fitting = [route for route in here if route.fits(path)]
            return max(fitting, key=lambda r: (len(r.path), r.exact), default=None)
    return None


def read_ingress(document: dict[str, object]) -> Ingress:
    """The `ingress` of the settings; raises SettingsError."""
    if document.get("ingress") is None:
        return Ingress()
    fields = table(document["ingress"])
    entries = each(fields, "entries", _entry)
    certificate = key = ""
    if any(entry.tls for entry in entries):
        certificate, key = text(fields, "certificate"), text(fields, "key")
    return Ingress(entries, each(fields, "routes", _route), certificate, key)


def _entry(item: object) -> Entry:
    fields = table(item)
    listen = port_number(fields.get("listen"), "listen")
    return Entry(listen, bool(fields.get("tls")), port_number(fields.get("public"), "public"))


def _route(item: object) -> Route:
    fields = table(item)
    path, host = text(fields, "path"), fields.get("host") or ""
    if not path.startswith("/"):
        raise SettingsError("path must begin with a slash")
    return Route(
        name(host) if host else "",
        path,
        fields.get("type") == EXACT,
        each(fields, "backends", name),
        port_number(fields.get("port"), "port"),
    )
