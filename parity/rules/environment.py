"""EN: variables whose value says something else to the program than to the reader."""

import json
import re
from collections.abc import Iterator

from parity.diff.kinds import form
from parity.diff.view import Comparison
from parity.model.difference import Difference, Kind
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.hidden import Concealed
from parity.rules._values import is_one_of_many, is_set, production_is_left, text, truth
from parity.rules.contract import Found, single

_VARIABLES = ("environment.*",)
_FALSE = frozenset({"false", "no", "off"})
_SWITCH = re.compile(
    r"(?:^|_)(?:DEBUG|VERBOSE|TRACE|CI|DISABLED?|SKIP|NO|DRY_RUN|FORCE|INSECURE)(?:$|_)",
    re.IGNORECASE,
)
_NEEDED = re.compile(
    r"(?:^|_)(?:UR[IL]S?|DSN|HOSTS?|HOSTNAME|SERVERS?|BROKERS?|ADDR(?:ESS)?|ENDPOINT|DOMAINS?|BUCKET|DATABASE"
    r"|DB|USER(?:NAME)?|PASS(?:WORD)?|SECRET|TOKEN|KEY|CREDENTIALS?|PORT|REGION|QUEUE|TOPIC)(?:$|_)",
    re.IGNORECASE,
)
"""What a program can hardly do without, once it has it elsewhere."""
_DEBUG = re.compile(r"(?:^|_)DEBUG(?:_MODE|_ENABLED|ONLY)?$|^(?:APP|FLASK)_DEBUG$", re.IGNORECASE)


def _sides(comparison: Comparison) -> tuple[str, str]:
    return comparison.left.name, comparison.right.name


@single(
    "EN001", "environment.boolean-as-text", Severity.INFO, paths=_VARIABLES, silent=True,
    symptoms=(r"debug .*(?:still|stays) on", r"truthy"), since="0.2",
)  # fmt: skip
def boolean_as_text(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A variable says `false` in one environment and is unset or empty in the other.

    What it compares:
        Variables with the text `false`, `no` or `off` on one side and nothing on the other. A warning
        where the name is that of a switch (DEBUG, DISABLE_…, SKIP_…), else information.

    Why it matters:
        A variable is text, and every text that is not empty is true in most languages. A program that
        only asks whether the variable is there takes `false` for a yes, without a word.

    Example:
        local: `DEBUG` unset
        production: `DEBUG=false`, and queries are logged all the same

    What to do:
        Unset the variable on both sides, or set it to the same text on both and have the program parse it.

    When to ignore it:
        When the program is known to parse booleans, as pydantic, Spring and viper do.

    References:
        Incidents bool-cloki-debug, bool-false-string-django.
    """
    values = (difference.left, difference.right)
    said = [text(value) for value in values if is_set(value)]
    if len(said) != 1 or said[0] is None or said[0].strip().lower() not in _FALSE:
        return
    names = _sides(comparison)
    has, lacks = names if is_set(difference.left) else names[::-1]
    name = str(difference.path[-1])
    switch = bool(_SWITCH.search(name))
    if not switch and is_one_of_many(difference, comparison):
        return
    other = difference.right if is_set(difference.left) else difference.left
    yield Found(
        f"`{name}` is the text `{said[0]}` in {has} and {'unset' if other is ABSENT else 'empty'} "
        f"in {lacks}: a program that asks whether it is set takes the text for true",
        f"leave {name} out on both sides, or set it to the same text on both",
        severity=Severity.WARNING if switch else None,
    )


@single(
    "EN002", "environment.boolean-spelled-differently", Severity.WARNING, paths=_VARIABLES,
    silent=True, since="0.2",
)  # fmt: skip
def boolean_spelled_differently(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A boolean of one meaning is spelled in two ways: `False` and `false`, `1` and `true`.

    What it compares:
        Values that both read as booleans, mean the same and are written differently.

    Why it matters:
        Programs know different spellings: Go reads `True` and not `yes`, JavaScript compares with
        `"true"`, Python's `bool("False")` is true. The side with the unknown spelling has the default.

    Example:
        local: `FEATURE_EXPORT=true`
        production: `FEATURE_EXPORT=True`

    What to do:
        Write it alike on both sides; `true` and `false` in lower case are known most widely.

    When to ignore it:
        When the program's documentation lists both spellings.

    References:
        Incidents bool-false-string-django, bool-cloki-debug.
    """
    left, right = text(difference.left), text(difference.right)
    if left is None or right is None or truth(left) is None or left.strip() == right.strip():
        return
    if truth(left) is truth(right) and not {left, right} <= {"0", "00", "1", "01"}:
        one, two = _sides(comparison)
        yield Found(
            f"`{difference.path[-1]}` is `{left}` in {one} and `{right}` in {two}: one meaning, two "
            "spellings, and a program may know only one of them",
            f"write `{'true' if truth(left) else 'false'}` on both sides",
        )


@single(
    "EN003", "environment.debug-mode-differs", Severity.WARNING, paths=_VARIABLES,
    symptoms=(r"bad request \(400\)", r"allowed.?hosts", r"stack ?trace", r"static files? .*404"),
    names=(_DEBUG,), since="0.2",
)  # fmt: skip
def debug_mode_differs(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Debug mode is on in one environment and not in the other.

    What it compares:
        DEBUG, APP_DEBUG, FLASK_DEBUG and other names that end in DEBUG: true on one side, false or unset
        on the other. An error where it is production that debugs.

    Why it matters:
        Debug mode is another program: it serves static files, accepts every host name, keeps all queries
        in memory, reloads templates and shows its settings to whoever causes an error. What needs to be
        configured without it is never noticed.

    Example:
        local: `DEBUG=true`
        production: `DEBUG` unset

    What to do:
        Run the local stack without debug mode at least in tests: set the same value, and what production
        then needs (allowed hosts, static files) shows at once.

    When to ignore it:
        When the switch only makes the log longer.

    References:
        Incidents allowedhosts-gasista-debug-false, cmd-adl-lrs-static-gunicorn.
    """
    name = str(difference.path[-1])
    meant = [
        truth(value) if is_set(value) else False for value in (difference.left, difference.right)
    ]
    if None in meant or meant[0] is meant[1]:
        return
    names = _sides(comparison)
    on, off = names if meant[0] else names[::-1]
    debugs = bool(meant[0]) is production_is_left(comparison)
    yield Found(
        f"debug mode (`{name}`) is on in {on} and off in {off}: the two run different code paths",
        f'{name}: "false" in {on}' if debugs else f'test once with {name}: "false" in {on}',
        severity=Severity.ERROR if debugs else None,
    )


@single("EN004", "environment.empty-against-unset", Severity.INFO, paths=_VARIABLES, since="0.2")
def empty_against_unset(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A variable is empty in one environment and unset in the other.

    What it compares:
        Variables that are set to an empty text on one side and do not exist on the other.

    Why it matters:
        Most programs have a default for what is unset; an empty text replaces the default. An empty
        host, port or list is then used as it is. Shells tell `${A-x}` and `${A:-x}` apart for this reason.

    Example:
        local: `CACHE_TTL` unset, the default is 300
        production: `CACHE_TTL=` and nothing is cached

    What to do:
        Remove the line, or give it a value.

    When to ignore it:
        When the program treats both alike.

    References:
        POSIX Shell Command Language, parameter expansion; incident env-dinference-53-knobs.
    """
    values = (difference.left, difference.right)
    if ABSENT not in values or not any(isinstance(value, str) and value == "" for value in values):
        return
    if not is_one_of_many(difference, comparison):
        names = _sides(comparison)
        empty, unset = names if difference.right is ABSENT else names[::-1]
        yield Found(
            f"`{difference.path[-1]}` is empty in {empty} and unset in {unset}: an empty value "
            "replaces the program's default, an unset one does not",
            f"remove `{difference.path[-1]}` in {empty}, or give it a value",
        )


@single(
    "EN005",
    "environment.empty-on-one-side",
    Severity.WARNING,
    alone=True,
    paths=_VARIABLES,
    since="0.2",
)
def empty_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A variable is empty in one environment and has a value in the other.

    What it compares:
        Variables with an empty text on one side and another text on the other. A warning where production
        is empty and the name is that of an address, a store or a secret, else information.

    Why it matters:
        Nobody writes an empty value on purpose as often as it comes about: `${API_URL}` in a definition,
        and no API_URL where it was read. Compose and shells put nothing in its place and go on.

    Example:
        local: `SEARCH_URL=http://search:9200`
        production: `SEARCH_URL=`

    What to do:
        Give the value where the definition is interpolated, or write `${SEARCH_URL:?}` so that a missing
        one stops the deployment.

    When to ignore it:
        When the empty value switches something off on purpose.

    References:
        Docker Compose, interpolation; incident env-dinference-53-knobs.
    """
    values = (difference.left, difference.right)
    empty = [isinstance(value, str) and value == "" for value in values]
    if ABSENT in values or sum(empty) != 1:
        return
    names = _sides(comparison)
    without, has = names if empty[0] else names[::-1]
    in_production = empty[0] is production_is_left(comparison)
    if not in_production and text(values[1 if empty[0] else 0]) is None:
        return  # A secret that only production has: local stacks do without.
    name = difference.path[-1]
    yield Found(
        f"`{name}` is empty in {without} and has a value in {has}",
        f"give {name} a value in {without}; `${{{name}:?}}` in the definition stops a deployment "
        "without one",
        severity=None if in_production and _NEEDED.search(str(name)) else Severity.INFO,
    )


@single(
    "EN006", "environment.number-with-unit", Severity.WARNING, alone=True, paths=_VARIABLES, silent=True,
    symptoms=(r"invalid (?:number|integer|duration|literal for int)", r"ParseInt|NaN"),
    since="0.2",
)  # fmt: skip
def number_with_unit(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """An amount has a unit in one environment and none in the other.

    What it compares:
        Values of which one is a plain number and the other a number with letters after it.

    Why it matters:
        A parser for one of them fails on the other or takes part of it: JavaScript's parseInt makes 30 of
        `30s` and of `30m`, Go refuses a duration without unit, and a bare number may be read as
        milliseconds.

    Example:
        local: `REQUEST_TIMEOUT=30`
        production: `REQUEST_TIMEOUT=30s`

    What to do:
        Write the amount in one form on both sides, the one that the program documents.

    When to ignore it:
        When the program documents both forms.

    References:
        Go package time, ParseDuration; ECMAScript, parseInt.
    """
    left, right = text(difference.left), text(difference.right)
    if left is None or right is None or {form(left), form(right)} != {"number", "amount"}:
        return
    one, two = _sides(comparison)
    yield Found(
        f"`{difference.path[-1]}` is `{left}` in {one} and `{right}` in {two}: one has a unit, the "
        "other leaves it to the program",
        "write both in the form that the program documents",
    )


_LIKE_JSON = re.compile(r"\\?['\"]?\\?[\[{]\s*\\*['\"\[{\]}\d-]")


@single(
    "EN007", "environment.json-does-not-parse", Severity.ERROR, alone=True, paths=_VARIABLES,
    symptoms=(r"JSON", r"Unexpected token", r"Expecting (?:value|property name)"), since="0.2",
)  # fmt: skip
def json_does_not_parse(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    r"""A variable holds JSON in one environment and what only looks like it in the other.

    What it compares:
        Values that begin like JSON (`{`, `[`, with or without a quote or backslash before) on both sides,
        of which exactly one parses.

    Why it matters:
        JSON passes through shells, env files and panels on its way; each takes quotes or backslashes away
        or leaves them in. The program then fails at its first use of the value.

    Example:
        local: `FLAGS={"export": true}`
        production: `FLAGS={\"export\": true}`

    What to do:
        Look at the value inside the container, and mend the quoting of the tool that wrote it.

    When to ignore it:
        When the program reads another format, such as a list of shell patterns.

    References:
        Incidents compose-vs-docker-run-envfile-quotes, multiline-kamal-pem-double-escaped.
    """
    values = (difference.left, difference.right)
    if any(text(value) is None or isinstance(value, Concealed) for value in values):
        return
    left, right = (str(value).strip() for value in values)
    if not (_LIKE_JSON.match(left) and _LIKE_JSON.match(right)):
        return
    parses = [_parses(left), _parses(right)]
    if parses[0] is parses[1] or difference.kind is Kind.INVISIBLE:
        return
    names = _sides(comparison)
    broken = names[1] if parses[0] else names[0]
    yield Found(
        f"`{difference.path[-1]}` looks like JSON on both sides and does not parse in {broken}",
        f"mend the quotes and backslashes of {difference.path[-1]} in {broken}; "
        "`parity exec SERVICE env` shows what arrives",
    )


def _parses(given: str) -> bool:
    try:
        return isinstance(json.loads(given), dict | list)
    except (ValueError, RecursionError):
        return False
