"""References to artifacts in registries, as docker writes them."""

import ipaddress
import re
from dataclasses import dataclass

from parity.errors import StateError

_REPOSITORY = re.compile(r"[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*$")
_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")
_DIGEST = re.compile(r"sha256:[0-9a-f]{64}$")
_HUB = "docker.io"


@dataclass(frozen=True)
class Reference:
    """`registry/repository:tag` or `registry/repository@digest`."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""

    def __str__(self) -> str:
        """As users write it."""
        tail = f"@{self.digest}" if self.digest else f":{self.tag}" if self.tag else ""
        return f"{self.registry}/{self.repository}{tail}"

    @property
    def host(self) -> str:
        """Where its registry answers."""
        return "registry-1.docker.io" if self.registry == _HUB else self.registry

    @property
    def at(self) -> str:
        """What the manifest is asked by."""
        return self.digest or self.tag


def parse(text: str) -> Reference:
    """A reference; StateError says what is wrong with it."""
    rest, at, digest = text.partition("@")
    head, colon, tag = rest.rpartition(":")
    if not colon or "/" in tag:
        head, tag = rest, ""
    first, slash, repository = head.partition("/")
    if not slash or not (set(".:") & set(first) or first == "localhost"):
        first, repository = _HUB, head if slash else f"library/{head}"
    good = _REPOSITORY.match(repository) and (not tag or _TAG.match(tag))
    if not good or (at and not _DIGEST.match(digest)) or not _is_host(first):
        raise StateError(
            f"not a reference: `{text}`",
            next_step="for example registry.example.com/shop/states:seeded",
        )
    return Reference(first, repository, tag, digest)


def _is_host(text: str) -> bool:
    return bool(re.match(r"(\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(:\d+)?$", text))


def is_loopback(registry: str) -> bool:
    """Whether it is this machine: docker speaks plain HTTP with such a registry."""
    host = re.sub(r":\d+$", "", registry).strip("[]")
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
