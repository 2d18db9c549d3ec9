"""LO: time zones, languages and character sets."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair, Side
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules._values import TRUE, clients_of, text
from parity.rules.contract import Found, joint, pair, single

_VARIABLES = ("environment.*",)
_ZONE = re.compile(r"^(?:TZ|PHP_TZ|TIME_?ZONE|\w+_(?:TZ|TIME_?ZONE))$", re.IGNORECASE)
_UTC = frozenset(
    {"utc", "etc/utc", "gmt", "etc/gmt", "z", "utc0", "etc/uct", "uct", "zulu", "etc/universal"}
)
_LANGUAGE = re.compile(r"^(?:LANG|LANGUAGE|LC_[A-Z]+)$")
_DATABASES = frozenset({"postgres", "mysql", "mariadb", "mongodb"})


def _zone(value: object) -> str:
    """A zone's name in one form; UTC where nothing is set."""
    name = (text(value) or "").strip().lstrip(":").lower()
    return "utc" if not name or name in _UTC else name


@single(
    "LO001", "locale.time-zone-differs", Severity.ERROR, paths=_VARIABLES, silent=True,
    symptoms=(r"time ?zone", r"hours? (?:off|late|early|ahead|behind)", r"wrong (?:day|date|time)", r"\bUTC\b"),
    names=(_ZONE,), since="0.2",
)  # fmt: skip
def time_zone_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A service lives in another time zone.

    What it compares:
        TZ and names that end in TZ, TIMEZONE or TIME_ZONE. UTC has many names, and unset counts as UTC,
        which containers have unless their image sets another.

    Why it matters:
        Dates change at another hour, days have other ends, scheduled jobs run at other times, and naive
        timestamps are read as local ones. Tests pass in one zone and fail in the other.

    Example:
        local: `TZ=Europe/Budapest`
        production: `TZ=UTC`

    What to do:
        Use one zone on both sides, UTC if the program shows times to nobody.

    When to ignore it:
        When the variable names the zone of reports only.

    References:
        Incidents tz-findmypatterns-utc-vs-budapest, tz-ghost-ci-nonutc, pg-timezone-opentaxii.
    """
    name = str(difference.path[-1])
    values = (difference.left, difference.right)
    if any(value is not ABSENT and text(value) is None for value in values):
        return
    left, right = map(_zone, values)
    if left != right and all(re.match(r"^[\w+\-/:.]+$", zone) for zone in (left, right)):
        shown = [text(value) or "unset (UTC)" for value in values]
        names = (comparison.left.name, comparison.right.name)
        yield Found(
            f"`{name}` is {shown[0]} in {names[0]} and {shown[1]} in {names[1]}: dates and times differ "
            "between the two",
            f"{name}: {text(difference.right) or text(difference.left)} on both sides",
        )


@single(
    "LO002", "locale.language-differs", Severity.WARNING, paths=_VARIABLES, silent=True,
    symptoms=(r"UnicodeDecodeError|UnicodeEncodeError", r"ascii", r"invalid byte sequence", r"sort", r"US-ASCII"),
    since="0.2",
)  # fmt: skip
def language_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A service has another locale: another character set, order or format.

    What it compares:
        LANG, LANGUAGE and LC_…: set and unset, and the locale they name. Case and hyphens of the character
        set mean nothing.

    Why it matters:
        Without a UTF-8 locale some programs read and write ASCII and fail at the first umlaut. Sorting,
        numbers and dates follow the locale, without an error.

    Example:
        local: `LANG=en_US.UTF-8`
        production: LANG unset, the C locale

    What to do:
        `LANG: C.UTF-8` on both sides: it exists in every image.

    When to ignore it:
        When the image sets it already.

    References:
        POSIX, locale; PEP 538; incident pg-alpine-collation-order.
    """
    name = str(difference.path[-1])
    if not _LANGUAGE.match(name):
        return
    left, right = (_locale(value) for value in (difference.left, difference.right))
    if left != right:
        shown = [text(value) or "unset" for value in (difference.left, difference.right)]
        utf8 = ["utf8" in each for each in (left, right)]
        what = (
            "one reads and writes UTF-8, the other may not"
            if utf8[0] is not utf8[1]
            else "order and formats differ"
        )
        yield Found(
            f"`{name}` is {shown[0]} in {comparison.left.name} and {shown[1]} in {comparison.right.name}: {what}",
            f"{name}: C.UTF-8 on both sides, or the locale that both images have",
        )


def _locale(value: object) -> str:
    name = (text(value) or "C").lower().replace("-", "")
    return "c" if name in ("c", "posix", "") else name


_SESSION_ZONE = re.compile(r"^(?:PGTZ|PGOPTIONS)$")
_IN_OPTIONS = re.compile(r"timezone=['\"]?([\w/+-]+)", re.IGNORECASE)


@single(
    "LO003", "locale.database-session-zone-differs", Severity.ERROR, alone=True, paths=_VARIABLES, silent=True,
    symptoms=(r"time ?zone", r"hours? (?:off|late|early)", r"timestamp"), since="0.2",
)  # fmt: skip
def database_session_zone_differs(
    difference: Difference, comparison: Comparison
) -> Iterator[Found]:
    """Sessions with the database have another time zone.

    What it compares:
        PGTZ, and `timezone` in PGOPTIONS and in the parameters of URLs.

    Why it matters:
        The session's zone decides how a timestamp without a zone is read and how `now()` is cut to a day.
        The same insert stores another moment.

    Example:
        local: PGTZ unset, UTC
        production: `PGTZ=Europe/Amsterdam`

    What to do:
        Set it alike, or store timestamps with their zone.

    When to ignore it:
        When every column has a zone and nothing is cut to days.

    References:
        Incidents pg-timezone-opentaxii, pg-timezone-cliquet-localtime.
    """
    name = str(difference.path[-1])
    values = (difference.left, difference.right)
    zones = [_session_zone(name, value) for value in values]
    if zones[0] == zones[1] or (not any(zones)) or _zone(zones[0]) == _zone(zones[1]):
        return
    shown = [zone or "the server's" for zone in zones]
    yield Found(
        f"the time zone of database sessions (`{name}`) is {shown[0]} in {comparison.left.name} and "
        f"{shown[1]} in {comparison.right.name}",
        "use UTC on both sides",
    )


def _session_zone(name: str, value: object) -> str:
    given = text(value) or ""
    if name == "PGTZ":
        return given
    if "timezone" not in given.lower():
        return ""
    if _SESSION_ZONE.match(name) or "://" in given:
        match = _IN_OPTIONS.search(
            given.replace("%3D", "=").replace("%3d", "=").replace("%2F", "/")
        )
        return match[1] if match else ""
    return ""


@joint(
    "LO004", "locale.database-in-another-zone", Severity.ERROR, words=("tz",), silent=True, mutual=True,
    symptoms=(r"time ?zone", r"hours? (?:off|late|early|shift)", r"timestamp"), since="0.2",
)  # fmt: skip
def database_in_another_zone(side: Side) -> Iterator[Found]:
    """A database and the service that uses it are in different time zones.

    What it compares:
        TZ of a database's container with TZ of the services that name it as a host. Unset is UTC.

    Why it matters:
        What one writes as UTC the other reads as local time: stored timestamps shift by the hours between
        the zones. With both in one zone nothing shows.

    Example:
        local: no TZ anywhere
        production: `TZ=Europe/Amsterdam` for the database, and none for the service

    What to do:
        Give both the same TZ, UTC at best.

    When to ignore it:
        When every column has a zone.

    References:
        Incident pg-timezone-opentaxii.
    """
    if all(_zone(s.get("environment", "TZ")) == "utc" for s in side.services.values()):
        return
    for database in side.services.values():
        if database.technology not in _DATABASES:
            continue
        for client in dict.fromkeys(name for name, _ in clients_of(side, database.name)):
            zones = [_zone(s.get("environment", "TZ")) for s in (database, side.services[client])]
            if zones[0] != zones[1] and not side.services[client].technology:
                odd, other = (
                    (client, database.name) if zones[0] == "utc" else (database.name, client)
                )
                yield Found(
                    f"`{database.name}` is in the time zone {_shown(database)} and `{client}`, which uses "
                    f"it, in {_shown(side.services[client])}",
                    "TZ: UTC for both",
                    at=((odd, ("environment", "TZ")), (other, ("environment", "TZ"))),
                )
                break


def _shown(service: Service) -> str:
    """The zone as it is written."""
    return (service.env("TZ") or "").strip().lstrip(":") or "UTC"


_CHARSET_NAMES = frozenset(
    {"PYTHONIOENCODING", "PYTHONUTF8", "NLS_LANG", "DB_CHARSET", "MYSQL_CHARSET", "DB_COLLATION", "DB_ENCODING", "RUBYOPT"}
)  # fmt: skip
_CHARSET_PARTS = frozenset(
    {
        "query.charset",
        "query.characterEncoding",
        "query.encoding",
        "query.client_encoding",
        "query.collation",
    }
)


@single(
    "LO005", "locale.character-set-differs", Severity.WARNING, paths=_VARIABLES, silent=True,
    symptoms=(r"incorrect string value", r"UnicodeDecodeError", r"\?\?\?", r"collation", r"emoji"),
    since="0.2",
)  # fmt: skip
def character_set_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Text is read or stored in another character set.

    What it compares:
        PYTHONIOENCODING, PYTHONUTF8, DB_CHARSET, DB_COLLATION and the like, `-Dfile.encoding` in Java
        options, and the charset, encoding and collation of database URLs.

    Why it matters:
        MySQL's `utf8` has no emoji and `utf8mb4` has; Latin-1 turns an umlaut into two letters. Rows are
        stored wrong without an error, or refused in one environment only.

    Example:
        local: `DATABASE_URL=mysql://db/shop?charset=utf8mb4`
        production: `DATABASE_URL=mysql://db.example/shop?charset=utf8`

    What to do:
        Use the same character set on both sides: utf8mb4 for MySQL, UTF-8 elsewhere.

    When to ignore it:
        When everything stored is ASCII.

    References:
        MySQL Reference Manual, utf8mb4; incident mariadb-115-default-collation-matomo.
    """
    name = str(difference.path[-1])
    rows = [(p.left, p.right) for p in difference.parts if p.name in _CHARSET_PARTS]
    if not rows and name in _CHARSET_NAMES and name != "RUBYOPT":
        rows = [(difference.left, difference.right)]
    if not rows and "JAVA" in name:
        found = [
            re.search(r"-Dfile\.encoding=(\S+)", text(v) or "")
            for v in (difference.left, difference.right)
        ]
        rows = [(found[0][1] if found[0] else ABSENT, found[1][1] if found[1] else ABSENT)]
    for left, right in rows:
        one, two = ((text(v) or "").lower().replace("-", "") for v in (left, right))
        if one != two:
            yield Found(
                f"the character set of `{name}` is {text(left) or 'unset'} in {comparison.left.name} and "
                f"{text(right) or 'unset'} in {comparison.right.name}",
                "use the same one on both sides: utf8mb4 for MySQL, UTF-8 elsewhere",
            )
            return


_LOCALTIME = ("/etc/localtime", "/etc/timezone")


@pair(
    "LO006",
    "locale.host-zone-mounted",
    Severity.WARNING,
    paths=("volumes",),
    silent=True,
    since="0.2",
)
def host_zone_mounted(both: ServicePair) -> Iterator[Found]:
    """A service takes the host's time zone in one environment only.

    What it compares:
        Mounts of /etc/localtime and /etc/timezone.

    Why it matters:
        The container then has the zone of whatever machine it runs on: the laptop's here, the server's
        there. TZ, where it is set, wins over it in most programs.

    Example:
        local: `/etc/localtime:/etc/localtime:ro`
        production: no such mount, UTC

    What to do:
        Remove the mount and set `TZ` on both sides.

    When to ignore it:
        When both hosts are in UTC.

    References:
        tzset(3); incident tz-findmypatterns-utc-vs-budapest.
    """
    for target in _LOCALTIME:
        mounted = [bool(service.under("volumes", target)) for service in (both.left, both.right)]
        if mounted[0] is not mounted[1]:
            yield Found(
                f"`{both.name}` has the host's time zone ({target} is mounted) on one side only",
                "remove the mount, and set TZ on both sides",
                at=((both.name, ("volumes", target)),),
            )
            return


_INVARIANT = ("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT",)


@single(
    "LO007", "locale.invariant-globalization-differs", Severity.ERROR,
    paths=tuple(f"environment.{name}" for name in _INVARIANT), silent=True,
    symptoms=(r"CultureNotFound", r"culture", r"globalization|invariant", r"libicu|ICU"), since="0.3",
)  # fmt: skip
def invariant_globalization_differs(
    difference: Difference, comparison: Comparison
) -> Iterator[Found]:
    """.NET knows cultures on one side only.

    What it compares:
        DOTNET_SYSTEM_GLOBALIZATION_INVARIANT, which images set as well: those for running on Alpine do, those
        for building do not.

    Why it matters:
        In invariant mode every culture is the invariant one: dates, numbers and sort order are others, without
        an error, and since .NET 8 asking for a culture throws.

    Example:
        local: the SDK's image, which does not set it
        production: `runtime-alpine`, which sets it to true

    What to do:
        `DOTNET_SYSTEM_GLOBALIZATION_INVARIANT: "false"` and the packages `icu-libs` and `icu-data-full`.

    When to ignore it:
        When the program formats and sorts for no people.

    References:
        .NET documentation, globalization invariant mode. Incident icu-dotnet-sdk-vs-runtime-alpine.
    """
    on = [(text(side) or "").lower() in TRUE for side in (difference.left, difference.right)]
    if on[0] is not on[1]:
        names = (comparison.left.name, comparison.right.name)
        yield Found(
            f".NET knows no cultures in {names[0] if on[0] else names[1]}, and all in "
            f"{names[1] if on[0] else names[0]}: dates, numbers and order differ",
            f'{difference.path[-1]}: "false" on both sides, with ICU in the image',
        )
