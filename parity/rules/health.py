"""HE: health checks, and who waits for them."""

from collections.abc import Iterator

from parity.diff.view import Comparison, Service, ServicePair
from parity.model.difference import Difference
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.rules._words import question
from parity.rules.contract import Found, pair, single

_OFF = ("NONE",)


def _sides(comparison: Comparison) -> tuple[str, str]:
    return comparison.left.name, comparison.right.name


def _has_check(service: Service) -> bool:
    test = service.get("healthcheck", "test")
    return test is not ABSENT and test not in (_OFF, ())


@single(
    "HE001", "health.check-on-one-side", Severity.WARNING,
    paths=("healthcheck", "healthcheck.test"), silent=True,
    symptoms=(r"unhealthy", r"\b50[234]\b", r"connection refused", r"not ready"), since="0.2",
)  # fmt: skip
def check_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A service has a health check in one environment only, or has it switched off in one.

    What it compares:
        `healthcheck`, and a test that is NONE.

    Why it matters:
        Without a check a running process counts as ready: others start too early, a balancer sends
        requests to what hangs, and nobody restarts it. The image may have a check of its own, which then
        decides.

    Example:
        local: `healthcheck: {test: [CMD, curl, -f, http://localhost:8000/health]}`
        production: no `healthcheck`

    What to do:
        Write the same check on both sides.

    When to ignore it:
        When a balancer outside the definition checks, or the image has the same check.

    References:
        Docker Compose file reference, healthcheck; incident order-keploy-pg-isready-socket.
    """
    both = comparison.pair(difference.service)
    if both is None:
        return
    checked = [_has_check(service) for service in (both.left, both.right)]
    if checked[0] is checked[1]:
        return
    names = _sides(comparison)
    has, lacks = names if checked[0] else names[::-1]
    off = (both.right if checked[0] else both.left).get("healthcheck", "test") == _OFF
    yield Found(
        f"`{difference.service}` has a health check in {has} and "
        + (
            f"has it switched off in {lacks}"
            if off
            else f"none in {lacks}: running counts as ready there"
        ),
        f"write the same `healthcheck` in {lacks}",
    )


@single(
    "HE002", "health.test-differs", Severity.WARNING, paths=("healthcheck.test",),
    symptoms=(r"unhealthy", r"health", r"not ready"), since="0.2",
)  # fmt: skip
def another_test(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A service's health check asks something else.

    What it compares:
        `healthcheck.test` where both sides have one, word by word; `CMD-SHELL` with plain words is the
        same as `CMD`.

    Why it matters:
        What counts as ready is not the same: an open port, a page that answers, a database that answers
        over its socket. Start order and restarts follow from it.

    Example:
        local: `pg_isready -U shop`
        production: `pg_isready -U shop -h 127.0.0.1`

    What to do:
        Use the stricter test on both sides.

    When to ignore it:
        When only a user's or a host's name differs.

    References:
        Incident order-keploy-pg-isready-socket.
    """
    values = (difference.left, difference.right)
    if not all(isinstance(value, tuple) and value and value != _OFF for value in values):
        return
    left, right = (question(value) for value in values)
    if left == right:
        return
    names = _sides(comparison)
    yield Found(
        f"the health check of `{difference.service}` asks something else: `{_short(left)}` in {names[0]}, "
        f"`{_short(right)}` in {names[1]}",
        "use the stricter test on both sides",
        severity=Severity.INFO if _program(left) == _program(right) else None,
    )


def _program(words: tuple[str, ...]) -> str:
    return words[0].rpartition("/")[2] if words else ""


def _short(words: tuple[str, ...]) -> str:
    whole = " ".join(words)
    return f"{whole[:57]}…" if len(whole) > 60 else whole  # noqa: PLR2004


_TIMES = ("start_period", "interval", "timeout", "retries")
_DEFAULTS: dict[str, dict[str, float]] = {
    "": {"start_period": 0, "interval": 30, "timeout": 30, "retries": 3},
    "kubernetes": {"start_period": 0, "interval": 10, "timeout": 1, "retries": 3},
}


@pair(
    "HE003", "health.patience-differs", Severity.INFO, paths=("healthcheck",),
    symptoms=(r"unhealthy", r"restart(?:s|ing|ed)? (?:loop|again)", r"time(?:d)? ?out", r"not ready"),
    since="0.2",
)  # fmt: skip
def patience_differs(both: ServicePair) -> Iterator[Found]:
    """A health check gives up much earlier in one environment.

    What it compares:
        The time until a service that never answers is unhealthy: start_period + interval x retries, with
        the defaults of the notation. A warning where the right side has less than half.

    Why it matters:
        A start that takes a minute on a loaded host is killed, or fails everything that waits for it, on
        the side with less patience.

    Example:
        local: `start_period: 60s`, `interval: 10s`, `retries: 5`, 110 s
        production: `interval: 5s`, `retries: 3`, 15 s

    What to do:
        Give both the time that the slowest start needs.

    When to ignore it:
        When the service starts in a second.

    References:
        Docker Compose file reference, healthcheck; Kubernetes, configure probes.
    """
    if not (_has_check(both.left) and _has_check(both.right)):
        return
    left, right = (
        _patience(service, source)
        for service, source in zip((both.left, both.right), both.sources, strict=True)
    )
    differing = [
        name
        for name in _TIMES
        if both.left.get("healthcheck", name) != both.right.get("healthcheck", name)
    ]
    if not differing or max(left, right) < 2 * min(left, right) or max(left, right) < 20:  # noqa: PLR2004
        return
    yield Found(
        f"the health check of `{both.name}` waits {left:g} s for a start on one side and {right:g} s on the other",
        "give both the time that the slowest start needs: start_period, interval and retries",
        at=tuple((both.name, ("healthcheck", name)) for name in differing),
        severity=Severity.WARNING if right < left else None,
    )


def _patience(service: Service, source: str) -> float:
    defaults = _DEFAULTS.get("kubernetes" if source in ("kubernetes", "cloudrun") else "", {})
    found = {}
    for name in _TIMES:
        value = service.get("healthcheck", name)
        found[name] = float(value) if isinstance(value, int | float) else defaults[name]
    return found["start_period"] + found["interval"] * found["retries"]
