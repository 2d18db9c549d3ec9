"""IF: what is inside images: the distribution, its packages, data that programs look for."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules.contract import Found, joint, pair, single

_READS = (Layer.DECLARED, Layer.FILESYSTEM)
_UTC = frozenset({"", "utc", "gmt", "etc/utc", "etc/gmt", "zulu", "universal", "uct"})
_PLAIN_LOCALES = frozenset({"", "c", "posix", "c.utf-8", "c.utf8"})
_NOTABLE = frozenset((
    "openssl", "libssl3", "libssl1.1", "libcrypto3", "libcrypto1.1", "ca-certificates", "tzdata", "libc6",
    "musl", "libicu72", "libicu74", "icu-libs", "libgnutls30", "libxml2",
    "libfontconfig1", "fontconfig", "imagemagick", "ffmpeg", "libpq5", "sqlite3", "libsqlite3-0", "locales",
))  # fmt: skip
"""Packages whose version is known to change what programs do."""
_SHOWN = 8
_NUMBERS = re.compile(r"\d+[a-z]?")
"""Time zone data counts its releases in letters."""
_OS: tuple[Path, ...] = (("files", "os", "id"), ("files", "os", "version"))


@single(
    "IF001", "files.c-library-differs", Severity.WARNING, paths=("files.libc",), reads=_READS, silent=True,
    symptoms=(r"not found", r"no such file or directory", r"EAI_AGAIN|ENOTFOUND", r"sort|collat", r"slow",
              r"segmentation fault|stack"), since="0.3",
)  # fmt: skip
def c_library_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One side's image is built on glibc, the other's on musl.

    What it compares:
        The dynamic loader that is in the image.

    Why it matters:
        Programs built for one do not start on the other: `no such file or directory`, though the file is
        there. Names resolve otherwise: search domains, several name servers, answers over 512 bytes.
        Threads have small stacks, memory is slower, and text sorts as in C whatever the locale.

    Example:
        local: `python:3.12` (glibc)
        production: `python:3.12-alpine` (musl)

    What to do:
        Base both images on the same distribution.

    When to ignore it:
        Statically linked programs that neither resolve names nor sort text.

    References:
        musl, functional differences from glibc. Incidents musl-dns-search-domains-k8s-508,
        musl-parallel-nameservers, pg-alpine-collation-order, musl-noseyparker-3x.
    """
    if ABSENT in (difference.left, difference.right):
        return
    yield Found(
        f"the image has {difference.left} in {comparison.left.name} and {difference.right} in "
        f"{comparison.right.name}: names resolve, text sorts and memory behaves otherwise",
        f"base both images on a distribution with {difference.right}",
    )


@pair("IF002", "files.distribution-differs", Severity.INFO, reads=_READS, since="0.3")
def distribution_differs(both: ServicePair) -> Iterator[Found]:
    """The image's distribution, or its release, differs.

    What it compares:
        ID and VERSION_ID of os-release in both images.

    Why it matters:
        With the release change OpenSSL and its policy, the C library and its sort order, Python, ICU,
        time zones and what certificates are trusted.

    Example:
        local: `debian 11`
        production: `debian 12`

    What to do:
        Name the release in the image's tag (`-bookworm`), the same on both sides.

    When to ignore it:
        When the images are meant to differ: IM002 or IM006 speaks of it.

    References:
        os-release(5). Incidents openssl3-racket-stable-tag, pg-glibc228-duplicate-emails-blog.
    """
    names = [_distribution(side) for side in (both.left, both.right)]
    at = [(both.name, p) for p in _OS if p in both.changed]
    if all(names) and at:
        yield Found(
            f"the image is of {names[0]} on the left and of {names[1]} on the right",
            f"base both images on {names[1]}",
            tuple(at),
        )


def _distribution(service: Service) -> str:
    parts = [service.get("files", "os", key) for key in ("id", "version")]
    return " ".join(str(part) for part in parts if part is not ABSENT)


@pair("IF003", "files.packages-differ", Severity.INFO, reads=_READS, since="0.3")
def packages_differ(both: ServicePair) -> Iterator[Found]:
    """Packages in the image differ: other versions, or not there at all.

    What it compares:
        The databases of dpkg, apk and rpm in both images. All differences of one service are one finding. It
        is a warning where one of those is of another release, or missing, that are known to change what
        programs do: OpenSSL, the C library, ICU, time zones, certificates, …

    Why it matters:
        A tag that was built again brings other versions: OpenSSL 3 refuses what 1.1 took, a C library sorts
        otherwise and an index on text no longer finds its rows.

    Example:
        local: `openssl 1.1.1n`
        production: `openssl 3.0.15`

    What to do:
        Run production's image by its digest, which is what `parity up` does; rebuild both from one base.

    When to ignore it:
        When the images are two versions on purpose.

    References:
        Incidents openssl3-dotnet-alpine317, openssl3-racket-stable-tag, ca-go-tfe-ubuntu,
        lib-reportviewer-libgdiplus.
    """
    paths = [p for p in both.changed if p[:2] == ("files", "packages") and p[2:]]
    if not paths:
        return
    notable = [p for p in paths if p[2] in _NOTABLE and _far(both, p)]
    shown = [*notable, *[p for p in paths if p not in notable]][:_SHOWN]
    rows = [f"{p[2]} ({_version(both.left, p)} and {_version(both.right, p)})" for p in shown]
    more = f", and {len(paths) - len(shown)} more" if len(paths) > len(shown) else ""
    yield Found(
        f"{len(paths)} {'package differs' if len(paths) == 1 else 'packages differ'} on the left and on the "
        f"right side: {', '.join(rows)}{more}",
        "run the same image by digest on both sides",
        tuple((both.name, p) for p in shown),
        Severity.WARNING if notable else Severity.INFO,
    )


def _far(both: ServicePair, path: Path) -> bool:
    """Whether it is of another release, or missing on one side: more than a patch of one."""
    one, two = (_NUMBERS.findall(_version(side, path))[:2] for side in (both.left, both.right))
    return one != two


def _version(service: Service, path: Path) -> str:
    found = service.settings.get(path, ABSENT)
    return "none" if found is ABSENT else str(found)


@single(
    "IF004", "files.certificates-on-one-side", Severity.ERROR, paths=("files.certificates",), reads=_READS,
    symptoms=(r"x509|unknown authority", r"certificate verify failed", r"unable to get local issuer",
              r"self.signed certificate", r"SSL|TLS"), since="0.3",
)  # fmt: skip
def certificates_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One image has no certificates of authorities, so that nothing it connects to can be trusted.

    What it compares:
        Whether the bundle of certificates is there, at the places where programs look for it.

    Why it matters:
        Every TLS connection to the outside fails: `x509: certificate signed by unknown authority`,
        `unable to get local issuer certificate`. On the other side it works.

    Example:
        local: an image on `debian` with `ca-certificates`
        production: `FROM scratch`

    What to do:
        Install `ca-certificates` in the image, or copy the bundle from the stage that built it.

    When to ignore it:
        When the program brings its own, or connects to nothing outside.

    References:
        Go, crypto/x509. Incidents ca-s3www-scratch, ca-go-tfe-ubuntu.
    """
    yield from _lacks(difference, comparison, "certificates of authorities", "ca-certificates")


@single(
    "IF005", "files.fonts-on-one-side", Severity.WARNING, paths=("files.fonts",), reads=_READS,
    silent=True, symptoms=(r"font", r"pdf", r"glyph|tofu|squares"), since="0.3",
)  # fmt: skip
def fonts_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """One image has fonts, the other has none.

    What it compares:
        Whether a folder of fonts is there.

    Why it matters:
        What draws text (PDF, charts, screenshots) draws squares, another font of other widths, or fails
        with a message about fontconfig.

    Example:
        local: a laptop's image with `fonts-dejavu-core`
        production: a slim image

    What to do:
        Install the fonts that documents use in the image.

    When to ignore it:
        When nothing is drawn.

    References:
        fontconfig user manual. Incidents lib-pdfsharp-fontconfig, lib-reportviewer-libgdiplus.
    """
    yield from _lacks(difference, comparison, "fonts", "fonts")


def _lacks(
    difference: Difference, comparison: Comparison, what: str, package: str
) -> Iterator[Found]:
    if {difference.left, difference.right} == {True, False}:
        has, lacks = comparison.left.name, comparison.right.name
        if difference.right is True:
            has, lacks = lacks, has
        yield Found(
            f"the image of {has} has {what}, that of {lacks} has none",
            f"install {package} in the image of {lacks}",
        )


@joint(
    "IF006", "files.time-zone-unknown", Severity.ERROR, words=("tz", "timezone", "zone"), reads=_READS,
    silent=True, symptoms=(r"time ?zone", r"hours? (?:off|late|early)", r"unknown (?:time zone|location)",
                           r"ZoneInfoNotFound"), since="0.3",
)  # fmt: skip
def time_zone_unknown(side: Side) -> Iterator[Found]:
    """A service is told a time zone, and its image does not know any.

    What it compares:
        TZ with whether the image has time zone data.

    Why it matters:
        The C library takes a zone that it does not find for UTC, and says nothing: all times are hours off.
        Other programs stop: `unknown time zone Europe/Budapest`.

    Example:
        local: `TZ=Europe/Budapest` on `debian` with `tzdata`
        production: the same on `alpine`, where it is not installed

    What to do:
        Install `tzdata` in the image.

    When to ignore it:
        When the program has zones of its own (Java, Go with `time/tzdata`, Node.js).

    References:
        tzset(3). Incidents tzdata-distroless-go, tz-findmypatterns-utc-vs-budapest.
    """
    for service in side.services.values():
        zone = (service.env("TZ") or "").lstrip(":")
        if service.get("files", "time-zones") is False and zone.lower() not in _UTC:
            yield Found(
                f"TZ is `{zone}`, and the image has no time zone data: times are UTC, without a word",
                "install tzdata in the image",
                ((service.name, ("environment", "TZ")), (service.name, ("files", "time-zones"))),
            )


@joint(
    "IF007", "files.locale-unknown", Severity.WARNING, words=("lang", "lc"), reads=_READS, silent=True,
    symptoms=(r"locale", r"UnicodeDecodeError|UnicodeEncodeError", r"setlocale", r"sort"), since="0.3",
)  # fmt: skip
def locale_unknown(side: Side) -> Iterator[Found]:
    """A service is told a language, and its image has no locales.

    What it compares:
        LC_ALL and LANG with whether the image has locales beside C and POSIX.

    Why it matters:
        The C library falls back to C: text sorts by bytes, numbers and dates have other forms, and some
        programs read and write ASCII only.

    Example:
        local: `LANG=de_DE.UTF-8` where it was generated
        production: the same in a slim image

    What to do:
        Generate the locale in the image, or use `C.UTF-8` on both sides.

    When to ignore it:
        On musl, which knows no others.

    References:
        setlocale(3). Incidents locale-protonvpn-docker, pg-alpine-collation-order.
    """
    for service in side.services.values():
        for name in ("LC_ALL", "LANG"):
            value = service.env(name)
            if value is None:
                continue
            if service.get("files", "locales") is False and value.lower() not in _PLAIN_LOCALES:
                yield Found(
                    f"{name} is `{value}`, and the image has no locales: it works as in C",
                    f"{name}: C.UTF-8, or generate {value} in the image",
                    ((service.name, ("environment", name)), (service.name, ("files", "locales"))),
                )
            break
