"""What a tag says: a version, a variant, or only a name that moves."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from parity.diff.technology import guess
from parity.diff.view import Service
from parity.model.document import ABSENT

MOVING = frozenset(
    {
        "latest",
        "main",
        "master",
        "stable",
        "edge",
        "nightly",
        "dev",
        "develop",
        "development",
        "head",
    }
    | {
        "staging",
        "prod",
        "production",
        "snapshot",
        "current",
        "lts",
        "canary",
        "unstable",
        "rolling",
    }
)
"""Tags that are given to one build after another by design."""

_VERSION = re.compile(r"^v?(\d+(?:\.\d+)*)(?=$|[^0-9.a-z]|[a-z])", re.IGNORECASE)
_DATE = re.compile(r"^(?:19|20)\d{2}[.-]?\d{2}|^\d{8,}")
_COMMIT = re.compile(r"^(?=.*[a-f])[0-9a-f]{7,40}$")
_MUSL = re.compile(r"(?:^|[-._])alpine")
_RELEASES = re.compile(
    r"(?:^|[-._])(alpine[\d.]*|slim|jessie|stretch|buster|bullseye|bookworm|trixie|focal|jammy|noble|"
    r"debian|ubuntu|ubi\d*|distroless|windowsservercore|nanoserver|chainguard|wolfi)(?=$|[-._\d])"
)
_RUNTIMES = frozenset(
    {
        "python",
        "ruby",
        "php",
        "golang",
        "node",
        "openjdk",
        "eclipse-temurin",
        "amazoncorretto",
        "rust",
    }
    | {
        "elixir",
        "erlang",
        "dotnet",
        "aspnet",
        "sdk",
        "runtime",
        "tomcat",
        "jetty",
        "perl",
        "bun",
        "deno",
    }
)
_SYSTEMS = frozenset(
    {"debian", "ubuntu", "alpine", "busybox", "fedora", "centos", "rockylinux", "almalinux", "amazonlinux"}
)  # fmt: skip
_ENVIRONMENTS = frozenset(
    {"dev", "development", "local", "test", "staging", "prod", "production", "image", "docker"}
)
STORES = frozenset(
    {"postgres", "mysql", "mariadb", "mongodb", "elasticsearch", "redis", "rabbitmq", "kafka"}
)
"""Technologies whose files or behaviour belong to a version."""
_TWO = frozenset(
    {"python", "ruby", "php", "golang", "mariadb", "mongodb", "rabbitmq", "kafka", "rust", "elixir"}
)
"""A release is its first two numbers: 3.9 and 3.12 of Python are as far apart as majors elsewhere."""


@dataclass(frozen=True)
class Tag:
    """A tag taken apart. `version` is empty where the tag names none."""

    text: str
    version: tuple[int, ...] = ()
    variant: frozenset[str] = frozenset()
    musl: bool = False

    @property
    def moves(self) -> bool:
        """Whether the tag is given to one build after another by design."""
        return self.text.lower() in MOVING


@lru_cache(maxsize=1024)
def read(text: str) -> Tag:
    """Take a tag apart: `16.2-alpine3.19` is version 16.2, variant alpine3.19."""
    match = None if _DATE.match(text) or _COMMIT.match(text) else _VERSION.match(text)
    version = tuple(int(number) for number in match[1].split(".")) if match else ()
    lower = text.lower()
    return Tag(text, version, frozenset(_RELEASES.findall(lower)), bool(_MUSL.search(lower)))


def tag_of(service: Service) -> Tag | None:
    """The service's tag; None where it names no image, or one by digest alone."""
    text = service.get("image", "tag")
    return read(str(text)) if text is not ABSENT else None


def name_of(service: Service) -> str:
    """The last part of the image's name; empty where there is none."""
    repository = service.get("image", "repository")
    return "" if repository is ABSENT else str(repository).rpartition("/")[2]


def is_base(service: Service) -> bool:
    """Whether it is a bare system or language runtime, which others build upon."""
    name = name_of(service)
    return name in _RUNTIMES or name in _SYSTEMS


def words_of(name: str) -> set[str]:
    """The words of an image's name that do not say for which environment it is."""
    return set(re.split(r"[-_.]+", name.lower())) - _ENVIRONMENTS - {""}


def kind_of(service: Service) -> str:
    """The technology or language runtime that the image is known to be, or an empty text."""
    name = name_of(service)
    return guess(service) or (name if name in _RUNTIMES else "")


def release(kind: str, version: tuple[int, ...]) -> tuple[int, ...]:
    """The part of a version that users of this kind of software call a major release."""
    old_postgres = kind == "postgres" and version[:1] < (10,)
    old_mysql = kind == "mysql" and version[:1] <= (8,)
    return version[:2] if kind in _TWO or old_postgres or old_mysql else version[:1]


def comparable(
    left: tuple[int, ...], right: tuple[int, ...]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Both versions cut to the length that both tags state: `3` and `3.12` are compared as 3 and 3."""
    length = min(len(left), len(right))
    return left[:length], right[:length]


def same_image(left: Service, right: Service) -> bool:
    """Whether both run an image of one name, be it from two registries, and neither is built here."""
    one, two = name_of(left), name_of(right)
    return bool(one) and one == two and not (builds(left) or builds(right))


def builds(service: Service) -> bool:
    """Whether the image is built from a folder; its name and tag are then only labels."""
    return service.document.get("build") is not None


LIBC: Mapping[bool, str] = MappingProxyType({True: "musl", False: "glibc"})
