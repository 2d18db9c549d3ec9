"""LG: where a container's output goes, and how much of it."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison, Service
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules._values import is_set, production_is_left, text, truth
from parity.rules.contract import Found, single

_REMOTE = frozenset(
    {"fluentd", "gelf", "syslog", "awslogs", "splunk", "gcplogs", "logentries", "loki"}
)
_FILES = frozenset({"", "json-file"})


def _services(difference: Difference, comparison: Comparison) -> tuple[Service, Service] | None:
    """Production's service, and the other side's."""
    both = comparison.pair(difference.service)
    if both is None:
        return None
    return (both.left, both.right) if production_is_left(comparison) else (both.right, both.left)


def _names(comparison: Comparison) -> tuple[str, str]:
    names = comparison.left.name, comparison.right.name
    return names if production_is_left(comparison) else names[::-1]


def _driver(service: Service) -> str:
    value = service.get("logging", "driver")
    return "" if value is ABSENT else str(value)


@single(
    "LG001", "logging.driver-differs", Severity.INFO, paths=("logging", "logging.driver"),
    symptoms=(r"configured logging driver does not support reading", r"logs? (?:are )?(?:missing|empty|lost)"),
    since="0.2",
)  # fmt: skip
def driver_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container's output goes to another logging driver.

    What it compares:
        `logging.driver`, json-file where nothing is set. A warning where one side throws output away, or
        production sends it to a collector in blocking mode.

    Why it matters:
        With `none` there is nothing to look at after a crash. A driver that sends over the network makes
        the program wait when the collector is slow, and the container does not start when it is away.
        Lines over 16 KiB are cut by some.

    Example:
        local: json-file
        production: `logging: {driver: fluentd}`

    What to do:
        Use `mode: non-blocking` with a remote driver, and know that the laptop does not wait.

    When to ignore it:
        When the remote driver is non-blocking.

    References:
        Docker, configure logging drivers; incident log-jsonfile-disk-full-gce.
    """
    services = _services(difference, comparison)
    if services is None or (len(difference.path) > 1 and difference.path[1] != "driver"):
        return
    drivers = [_driver(service) for service in services]
    if drivers[0] == drivers[1] or set(drivers) <= _FILES | {"local"}:
        return
    names = _names(comparison)
    blocks = (
        drivers[0] in _REMOTE and services[0].get("logging", "options", "mode") != "non-blocking"
    )
    shown = [driver or "json-file (engine default)" for driver in drivers]
    yield Found(
        f"output of `{difference.service}` goes to {shown[0]} in {names[0]} and to {shown[1]} in {names[1]}"
        + (": a slow collector makes the program wait" if blocks else ""),
        "mode: non-blocking under logging.options" if blocks else "use one driver on both sides",
        severity=Severity.WARNING if blocks or "none" in drivers else None,
    )


@single(
    "LG002", "logging.no-rotation-on-one-side", Severity.INFO, paths=("logging",), silent=True,
    symptoms=(r"no space left on device", r"disk full", r"ENOSPC"), since="0.2",
)  # fmt: skip
def no_rotation_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A container's log grows without end in one environment, and is rotated in the other.

    What it compares:
        The option max-size of json-file, which is also the driver where nothing is set. A warning where
        production does not rotate.

    Why it matters:
        The file of a talkative service fills the disk in weeks, and every other service with it. On a
        laptop containers do not live that long.

    Example:
        local: `logging: {options: {max-size: 10m, max-file: "3"}}`
        production: no `logging`

    What to do:
        `logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}`, or the driver `local`,
        which rotates by itself.

    When to ignore it:
        When the engine's own configuration rotates.

    References:
        Docker, JSON file logging driver; incident log-jsonfile-disk-full-gce.
    """
    services = _services(difference, comparison)
    if services is None:
        return
    grows = [
        _driver(service) in _FILES and service.get("logging", "options", "max-size") is ABSENT
        for service in services
    ]
    if grows[0] is grows[1]:
        return
    names = _names(comparison)
    yield Found(
        f"the log of `{difference.service}` grows without end in {names[0] if grows[0] else names[1]} and not in "
        f"{names[1] if grows[0] else names[0]}",
        'logging: {driver: json-file, options: {max-size: 10m, max-file: "3"}}',
        severity=Severity.WARNING if grows[0] else None,
    )


_LEVEL = re.compile(
    r"LOG_?LEVEL$|^(?:RUST|CARGO|GO)_LOG$|LOGGING_LEVEL\w*$|LOG_VERBOSITY$|VERBOSITY$",
    re.IGNORECASE,
)
_TALKATIVE = frozenset({"debug", "trace", "all", "verbose", "silly", "finest"})
_ECHO = re.compile(
    r"(?:SQL|SQLALCHEMY|DB)\w*_ECHO$|LOG_QUERIES$|QUERY_LOG(?:GING)?$|SHOW_SQL$", re.IGNORECASE
)


@single(
    "LG003", "logging.debug-in-production", Severity.WARNING, paths=("environment.*",),
    symptoms=(r"slow", r"log volume", r"no space left on device"), names=(_ECHO, _LEVEL), since="0.2",
)  # fmt: skip
def debug_in_production(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Production logs at debug level, and the other environment does not.

    What it compares:
        LOG_LEVEL, RUST_LOG and the like (debug, trace), and switches that log every query. Other levels,
        and a talkative laptop, are nobody's business.

    Why it matters:
        Debug lines hold tokens, headers and people's data, cost time and fill disks. They are there since
        somebody looked for something, once.

    Example:
        local: `LOG_LEVEL=info`
        production: `LOG_LEVEL=debug`

    What to do:
        `LOG_LEVEL: info` in production.

    When to ignore it:
        While something is being looked for.

    References:
        OWASP, Logging Cheat Sheet; incident bool-cloki-debug.
    """
    name = str(difference.path[-1])
    left = production_is_left(comparison)
    value, other = (
        (difference.left, difference.right) if left else (difference.right, difference.left)
    )
    if _talks(name, value) and not _talks(name, other):
        yield Found(
            f"`{name}` is `{text(value)}` in {_names(comparison)[0]}, and {text(other) or 'unset'} in "
            f"{_names(comparison)[1]}: production says more than it should",
            f'{name}: "false" in production'
            if _ECHO.search(name)
            else f"{name}: info in production",
        )


def _talks(name: str, value: object) -> bool:
    given = (text(value) or "").strip().lower()
    if _ECHO.search(name):
        return is_set(value) and truth(given) is True
    return bool(_LEVEL.search(name)) and given in _TALKATIVE


_UNBUFFERED = re.compile(r"^PYTHONUNBUFFERED$")


@single(
    "LG004", "logging.output-buffered-on-one-side", Severity.INFO, paths=("environment.*",), silent=True,
    symptoms=(r"no (?:logs|output)", r"(?:last|missing) (?:log )?lines?"), names=(_UNBUFFERED,), since="0.2",
)  # fmt: skip
def output_buffered_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Python holds its output back in one environment only.

    What it compares:
        PYTHONUNBUFFERED: set to anything on one side, unset or empty on the other.

    Why it matters:
        Without it lines come in blocks of some kilobytes. A process that is killed takes the last block
        with it, and that is where the reason stood.

    Example:
        local: `PYTHONUNBUFFERED=1`
        production: unset

    What to do:
        `PYTHONUNBUFFERED: "1"` on both sides, or ENV in the Dockerfile.

    When to ignore it:
        When the image sets it.

    References:
        Python, command line and environment, PYTHONUNBUFFERED.
    """
    values = (difference.left, difference.right)
    if is_set(values[0]) is is_set(values[1]):
        return
    side = comparison.right if is_set(values[0]) else comparison.left
    yield Found(
        f"`{difference.service}` holds its output back in {side.name}: the last lines before a crash are lost",
        'PYTHONUNBUFFERED: "1" on both sides',
    )
