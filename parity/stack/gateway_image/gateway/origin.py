"""Production's own name for requests that come by a name of this machine, and the way back in answers."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .fields import SettingsError, port_number, table, text
from .http1 import Head

LOCAL = ".localhost"
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:[0-9]{1,5})?")
_ASKED = frozenset({b"origin", b"referer"})
_TOLD = frozenset({b"location", b"content-location", b"access-control-allow-origin"})
_DOMAIN = re.compile(rb";[ \t]*domain=[^;]*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Origin:
    """What a service is called in production. `port` is where it is asked, with TLS for `https`."""

    scheme: str
    host: str
    port: int = 0

    @property
    def secure(self) -> bool:
        """Whether clients come with TLS."""
        return self.scheme == "https"

    def forth(self, head: Head) -> Head:
        """A request as production's client would send it."""
        mine, here = f"{self.scheme}://{self.host}".encode(), _here(head)
        fields = (
            (name, _moved(value, (here,), mine) if name.lower() in _ASKED else value)
            for name, value in head.fields
            if name.lower() != b"host"
        )
        return Head(head.start, ((b"Host", self.host.encode()), *fields))

    def back(self, answer: Head, request: Head) -> Head:
        """An answer that leads back to where the client was, and never to production."""
        return Head(answer.start, tuple(self._back(answer, _here(request))))

    def _back(self, answer: Head, here: bytes) -> Iterator[tuple[bytes, bytes]]:
        theirs = tuple(f"{scheme}://{self.host}".encode() for scheme in ("https", "http"))
        for name, value in answer.fields:
            key = name.lower()
            if key == b"set-cookie":
                yield name, _DOMAIN.sub(b"", value)
            else:
                yield name, _moved(value, theirs, here) if key in _TOLD else value


def is_local(host: str) -> bool:
    """Whether a host, without port, is a name of this machine below `localhost`."""
    return host.rstrip(".").lower().endswith(LOCAL)


def inner(host: str) -> str:
    """Production's name in `NAME.WORKTREE.localhost`; empty where there is none."""
    found = (
        host.rstrip(".").lower().removesuffix(LOCAL).rpartition(".")[0] if is_local(host) else ""
    )
    return found if "." in found else ""


def read_origin(item: object) -> Origin:
    """The `origin` of a published port; raises SettingsError."""
    fields = table(item)
    scheme, host = text(fields, "scheme"), text(fields, "host")
    if scheme not in ("http", "https") or not _NAME.fullmatch(host):
        raise SettingsError("origin must be http or https, and a host name")
    return Origin(scheme, host, port_number(fields.get("port"), "port"))


def _here(request: Head) -> bytes:
    return b"http://" + request.get(b"host")


def _moved(value: bytes, places: tuple[bytes, ...], to: bytes) -> bytes:
    """A URL at another place, if it is at one of these."""
    for place in places:
        if value.lower().startswith(place) and value[len(place) : len(place) + 1] in b"/?#":
            return to + value[len(place) :]
    return value
