"""RU: time zone, language and order as code in running containers sees them."""

from collections.abc import Iterator

from parity.diff.view import Comparison, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.setting import Layer
from parity.rules._live import decided, names, texts
from parity.rules.contract import Found, joint, single

_READS = (Layer.DECLARED, Layer.RUNNING)
_TIMES = (
    r"time ?zone",
    r"hours? (?:off|late|early|ahead|behind)",
    r"wrong (?:day|date|time)",
    r"\bUTC\b",
)
_TEXTS = (r"sort|order|collat", r"UnicodeDecodeError|UnicodeEncodeError", r"locale", r"ascii")
_NOTHING = frozenset({"+00:00", "-00:00", "Z", "UTC"})
_PLAIN = frozenset({"", "c", "posix"})
_YEAR = 2024


@joint(
    "RU023", "running.time-zone-without-effect", Severity.ERROR, reads=_READS, silent=True,
    symptoms=_TIMES, since="0.3",
)  # fmt: skip
def time_zone_without_effect(side: Side) -> Iterator[Found]:
    """A container is told a time zone, and code in it sees UTC.

    What it compares:
        The zone that TZ or /etc/localtime names with the offsets that the C library makes of it, in January
        and July.

    Why it matters:
        A zone that is not found counts as UTC, without a word: the data is not in the image, the name has a
        letter wrong. Dates, schedules and reports are hours off.

    Example:
        local: `Europe/Budapest`, +01:00 and +02:00
        production: `Europe/Budapest`, +00:00

    What to do:
        Install `tzdata` in the image, or write the zone's name as it is in the list of zones.

    When to ignore it:
        When the program has zones of its own (Java, Go with `time/tzdata`, Node.js).

    References:
        tzset(3). Incidents tzdata-distroless-go, tz-findmypatterns-utc-vs-budapest.
    """
    for name, service in side.services.items():
        zone = service.get("running", "time-zone", "name")
        seen = texts(service.get("running", "time-zone", "offsets"))
        if not isinstance(zone, str) or not seen or not set(seen) <= _NOTHING:
            continue
        if service.get("files", "time-zones") is False and service.has_env("TZ"):
            continue  # IF006 knows why
        if _is_utc(zone) is False:
            at = ((name, ("environment", "TZ")),) if service.has_env("TZ") else ()
            yield Found(
                f"the time zone is `{zone}`, and code in the container sees UTC",
                "install tzdata in the image",
                ((name, ("running", "time-zone", "offsets")), *at),
            )


def _is_utc(zone: str) -> bool | None:
    """Whether a zone's clocks show UTC all year; None for a zone that nobody here knows."""
    from datetime import datetime
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        known = ZoneInfo(zone.lstrip(":"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
    days = (datetime(_YEAR, month, 1, tzinfo=known) for month in (1, 7))
    return not any(day.utcoffset() for day in days)


@single(
    "RU024", "running.clocks-show-another-zone", Severity.ERROR, paths=("running.time-zone.offsets",),
    reads=_READS, silent=True, symptoms=_TIMES, since="0.3",
)  # fmt: skip
def clocks_show_another_zone(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Code sees another time of day on the other side, and no definition says so.

    What it compares:
        The offsets to UTC as code in the containers sees them, where the definitions' zones do not differ.

    Why it matters:
        /etc/localtime of an image, a mount of the host's, a file that the entrypoint reads: dates change at
        another hour, jobs run at other times, timestamps without a zone are read as others.

    Example:
        local: `+01:00, +02:00`
        production: `+00:00, +00:00`

    What to do:
        `TZ: UTC` on both sides.

    When to ignore it:
        When the program never asks for local time.

    References:
        tzset(3), localtime(5). Incident tz-ghost-ci-nonutc.
    """
    both = (difference.left, difference.right)
    if ABSENT in both or decided(difference, comparison):
        return
    one, two = names(comparison)
    shown = [" and ".join(dict.fromkeys(texts(value))) for value in both]
    yield Found(
        f"clocks show UTC{shown[0]} in {one} and UTC{shown[1]} in {two}, and no definition says so",
        "TZ: UTC on both sides",
    )


@joint(
    "RU025", "running.locale-without-effect", Severity.WARNING, reads=_READS, silent=True,
    symptoms=_TEXTS, since="0.3",
)  # fmt: skip
def locale_without_effect(side: Side) -> Iterator[Found]:
    """A container is told a language that its C library does not have.

    What it compares:
        The locale that LC_ALL, LC_CTYPE or LANG name with those that exist in the container.

    Why it matters:
        It falls back to C: text sorts by bytes, some programs read and write ASCII only, numbers and dates
        have other forms. Only Perl and bash complain.

    Example:
        local: `de_DE.UTF-8`, available
        production: `de_DE.UTF-8`, not available

    What to do:
        `LANG: C.UTF-8`, or generate the locale in the image.

    When to ignore it:
        On musl, which knows no others.

    References:
        setlocale(3). Incident locale-protonvpn-docker.
    """
    for name, service in side.services.items():
        told = service.get("running", "locale", "name")
        lacks = service.get("running", "locale", "available") is False
        if service.get("files", "locales") is False or service.get("files", "libc") == "musl":
            continue  # IF007 knows why, and musl knows none
        if lacks and isinstance(told, str) and told.lower() not in _PLAIN:
            set_by = [n for n in ("LC_ALL", "LC_CTYPE", "LANG") if service.env(n) == told][:1]
            yield Found(
                f"the locale is `{told}`, which the container does not have: it works as in C",
                f"LANG: C.UTF-8, or generate {told} in the image",
                (
                    (name, ("running", "locale", "available")),
                    *((name, ("environment", n)) for n in set_by),
                ),
            )


@single(
    "RU026", "running.text-sorts-otherwise", Severity.WARNING, paths=("running.sort",), reads=_READS,
    silent=True, symptoms=_TEXTS, since="0.3",
)  # fmt: skip
def text_sorts_otherwise(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """The same texts have another order in the other container, though nothing that is set differs.

    What it compares:
        How the containers' own `sort` orders a few letters, where locale and C library do not differ.

    Why it matters:
        Lists, pages, merges of sorted files and indexes on text depend on the order. Another release of the
        C library, or a locale that was made otherwise, changes it without an error.

    Example:
        local: `a A b B c C`
        production: `A B C a b c`

    What to do:
        `LC_ALL: C.UTF-8` where the order must be the same everywhere.

    When to ignore it:
        When the program sorts by itself.

    References:
        strcoll(3). Incidents locale-lxdock-shell-vs-ssh, pg-alpine-collation-order.
    """
    if ABSENT in (difference.left, difference.right) or decided(difference, comparison):
        return
    one, two = names(comparison)
    yield Found(
        f"text sorts as `{difference.left}` in {one} and as `{difference.right}` in {two}",
        "LC_ALL: C.UTF-8 on both sides",
    )
