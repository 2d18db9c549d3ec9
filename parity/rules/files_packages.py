"""IF: what runs programs in images, and the packages of languages."""

import re
from collections.abc import Iterator

from parity.diff.view import Service, ServicePair, Side
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules.contract import Found, joint, pair

_READS = (Layer.DECLARED, Layer.FILESYSTEM)
_KINDS = {
    "python": "Python",
    "node": "Node.js",
    "ruby": "Ruby",
    "java": "Java",
    "go": "Go",
}
_RELEASE_OF_TWO = frozenset({"python", "ruby", "php", "go"})
"""Runtimes of which the second number of a version is a release with changes."""
_NAMES = {
    "python": "Python", "node": "Node.js", "npm": "npm", "php": "PHP", "ruby": "Ruby", "java": "Java",
    "dotnet": ".NET", "openssl": "OpenSSL", "go": "Go",
}  # fmt: skip
_CHANGED = {
    "node": (
        (
            17,
            "since 17 `localhost` may be looked up as ::1 first, and OpenSSL 3 refuses old hashes",
        ),
    ),
    "openssl": ((3, "since 3 old ciphers, short keys and renegotiation are refused"),),
    "npm": ((7, "since 7 lock files have another form and peers are installed"),),
}
_TOOLS = frozenset({"version", "npm", "corepack", "pip", "setuptools", "wheel", "bundler"})
"""What comes with a runtime, or is its version."""
_SHOWN = 8
_NUMBERS = re.compile(r"\d+")
_TCP = (1, 2, 4)
"""The first musl that asks again over TCP where an answer was cut."""


@pair(
    "IF011", "files.runtime-differs", Severity.WARNING, reads=_READS,
    paths=("files.runtimes.*", "files.go.version"),
    symptoms=(r"syntax ?error", r"unsupported", r"has no attribute|cannot import|not a function", r"ECONNREFUSED",
              r"lock ?file|npm ci|EBADENGINE", r"ERR_OSSL", r"UnsupportedClassVersion"), since="0.3",
)  # fmt: skip
def runtime_differs(both: ServicePair) -> Iterator[Found]:
    """The program that runs the application is of another release.

    What it compares:
        Python, Node.js, npm, PHP, Ruby, Java, .NET, OpenSSL and Go in both images, by their own files. Another
        release is a warning, another patch of one is only told.

    Why it matters:
        Releases remove functions, change defaults and refuse syntax. Node.js 17 looks `localhost` up otherwise,
        npm 11 writes lock files that npm 10 refuses, Python 3.9 lacks what 3.11 has.

    Example:
        local: `python 3.12.1`
        production: `python 3.9.18`

    What to do:
        Name the release in the image's tag, the same on both sides, or run production's image by its digest.

    When to ignore it:
        When the runtime is in the image and nothing of the application runs on it.

    References:
        Incidents py-deployfish-codebuild-39, runtime-overtchat-npm11-vs-10, ipv6-faros-node18-localhost.
    """
    for path in both.changed:
        if path[:2] == ("files", "runtimes") and len(path) == 3:  # noqa: PLR2004
            name = str(path[2])
        elif path == ("files", "go", "version"):
            name = "go"
        else:
            continue
        found = _runtime(both, path, name)
        if name != "openssl" or found.severity is not Severity.INFO:  # its package tells of patches
            yield found


def _runtime(both: ServicePair, path: Path, name: str) -> Found:
    one, two = (side.settings.get(path, ABSENT) for side in (both.left, both.right))
    called, at = _NAMES.get(name, name), ((both.name, path),)
    if ABSENT in (one, two):
        side = "left" if two is ABSENT else "right"
        version = one if two is ABSENT else two
        message = f"{called} {version} is in the image on the {side} only"
        return Found(message, "base both images on the same one", at, Severity.INFO)
    left, right = _release(name, str(one)), _release(name, str(two))
    low, high = sorted((left[:1] or (0,), right[:1] or (0,)))
    told = [text for first, text in _CHANGED.get(name, ()) if low < (first,) <= high]
    return Found(
        f"{called} is {one} on the left and {two} on the right{''.join(f': {text}' for text in told)}",
        f"build both images with {called} {two}",
        at,
        Severity.WARNING if left != right else Severity.INFO,
    )


def _release(name: str, text: str) -> tuple[int, ...]:
    """The numbers of a version that stand for changes."""
    parts = 2 if name in _RELEASE_OF_TWO else 1
    numbers = tuple(int(number[:9]) for number in _NUMBERS.findall(text)[:parts])
    old_java = name in ("java", "openssl") and numbers == (1,)
    return tuple(int(n[:9]) for n in _NUMBERS.findall(text)[:2]) if old_java else numbers


@pair(
    "IF012", "files.icu-differs", Severity.WARNING, reads=_READS, paths=("files.icu",), silent=True,
    symptoms=(r"sort|collat|order", r"culture|locale|globalization", r"date|number format", r"index"), since="0.3",
)  # fmt: skip
def icu_differs(both: ServicePair) -> Iterator[Found]:
    """ICU, which sorts text and writes dates and numbers, is of another version, or missing in one image.

    What it compares:
        The version in the names of its libraries. Where one image has none, it is told as information.

    Why it matters:
        Versions sort otherwise: an index on text that one has built misses rows for the other. Dates, spaces
        and currency signs change: `9:00 PM` has had a narrow space since 72. Without it .NET stops or takes
        all cultures for one.

    Example:
        local: `libicuuc.so.67`
        production: `libicuuc.so.72`

    What to do:
        Base both images on one release of the distribution.

    When to ignore it:
        When nothing in the image sorts text or formats dates with it.

    References:
        ICU, collation versions; CLDR 42 release notes. Incidents icu-dotnet-sdk-vs-runtime-alpine,
        pg-glibc228-duplicate-emails-blog.
    """
    path: Path = ("files", "icu")
    if path in both.changed:
        one, two = (
            "none" if (v := s.settings.get(path, ABSENT)) is ABSENT else v
            for s in (both.left, both.right)
        )
        yield Found(
            f"ICU is {one} on the left and {two} on the right: text sorts and dates are written otherwise",
            "base both images on the same release",
            ((both.name, path),),
            Severity.INFO if "none" in (one, two) else None,
        )


@pair("IF013", "files.language-packages-differ", Severity.INFO, reads=_READS, since="0.3")
def language_packages_differ(both: ServicePair) -> Iterator[Found]:
    """Packages of a language differ: other versions, or not there at all.

    What it compares:
        What is installed of Python, Node.js, Ruby, Java and Go's modules in both images. All differences
        of one language in one service are one finding, another first number first. It is a warning where
        there is one.

    Why it matters:
        A package without a fixed version comes new with every build, and its next major version brings what it
        no longer does. What one image has for development alone hides that production lacks it.

    Example:
        local: `sqlalchemy 1.4.51`
        production: `sqlalchemy 2.0.25`

    What to do:
        Install from a lock file, in both images the same; or run production's image by its digest.

    When to ignore it:
        When the images are two versions on purpose.

    References:
        Incidents next-public-build-time-t3env, runtime-overtchat-npm11-vs-10.
    """
    for kind, language in _KINDS.items():
        paths = [
            p for p in both.changed if p[:2] == ("files", kind) and p[2:] and p[2] not in _TOOLS
        ]
        if not paths:
            continue
        major = [p for p in paths if _far(both, p)]
        shown = [*major, *[p for p in paths if p not in major]][:_SHOWN]
        rows = [f"{p[2]} ({_version(both.left, p)} and {_version(both.right, p)})" for p in shown]
        more = f", and {len(paths) - len(shown)} more" if len(paths) > len(shown) else ""
        yield Found(
            f"{len(paths)} {language} {'package differs' if len(paths) == 1 else 'packages differ'} on the left "
            f"and on the right side: {', '.join(rows)}{more}",
            "install from the same lock file, or run the same image by digest on both sides",
            tuple((both.name, p) for p in shown),
            Severity.WARNING if major else Severity.INFO,
        )


def _far(both: ServicePair, path: Path) -> bool:
    """Whether the first numbers of two versions differ."""
    one, two = (_first(side, path) for side in (both.left, both.right))
    return bool(one and two) and one != two


def _first(service: Service, path: Path) -> str:
    found = _NUMBERS.search(str(service.settings.get(path, "")))
    return found[0] if found else ""


def _version(service: Service, path: Path) -> str:
    found = service.settings.get(path, ABSENT)
    return "none" if found is ABSENT else str(found)


@joint(
    "IF014", "files.names-need-short-answers", Severity.WARNING, words=("musl",), reads=_READS,
    symptoms=(r"EAI_AGAIN|ENOTFOUND", r"name (?:or service|does not resolve|resolution)", r"dns", r"bad address"),
    since="0.3",
)  # fmt: skip
def names_need_short_answers(side: Side) -> Iterator[Found]:
    """The image's C library cannot resolve names whose answers are longer than 512 bytes.

    What it compares:
        The version of the package `musl` with 1.2.4, the first that asks again over TCP.

    Why it matters:
        A host name behind a long chain of aliases, or with many addresses, does not resolve at all, and only
        where the name server gives such answers: one customer's, or those of one cloud.

    Example:
        local: `python:3.12` on Debian, or `alpine 3.18`
        production: `alpine 3.17` with `musl 1.2.3`

    What to do:
        Base the image on Alpine 3.18 or later.

    When to ignore it:
        When the program brings a resolver of its own (Go's, c-ares).

    References:
        musl release notes, 1.2.4. Incident musl-dns-512-byte-tcp-fallback.
    """
    for service in side.services.values():
        version = service.get("files", "packages", "musl")
        numbers = tuple(int(n[:9]) for n in _NUMBERS.findall(str(version))[: len(_TCP)])
        if version is not ABSENT and len(numbers) == len(_TCP) and numbers < _TCP:
            yield Found(
                f"musl is {version}: names whose answers are longer than 512 bytes do not resolve",
                "base the image on Alpine 3.18 or later",
                ((service.name, ("files", "packages", "musl")),),
            )
