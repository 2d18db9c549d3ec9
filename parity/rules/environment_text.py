"""EN: variables whose text was changed, cut or left unfinished on its way into the container."""

import re
from collections.abc import Iterator

from parity.diff.view import Comparison
from parity.model.difference import Difference, Kind
from parity.model.document import ABSENT
from parity.model.finding import Severity
from parity.model.reference import REFERENCE
from parity.rules._values import is_production, production_is_left, text
from parity.rules.contract import Found, single

_VARIABLES = ("environment.*",)
_QUOTED = re.compile(r"""^(?:'[^']*'|"[^"]*"|'.*'|".*")$""", re.DOTALL)
_DOLLAR = re.compile(r"\$(?:\{\w+\}|\w+)")
_UNEXPANDED = re.compile(
    r"\$\{[A-Za-z_]\w*(?::?[-?+][^}]*)?\}|\$\([A-Za-z_]\w*\)|\{\{\s*[\w.]+\s*\}\}|<%=.*?%>"
)
_FORMAT = re.compile(
    r"FORMAT|TEMPLATE|PATTERN|PROMPT|LAYOUT|REGEX|PS1|_MASK|MESSAGE", re.IGNORECASE
)
_PLACEHOLDER = re.compile(
    r"^(?:change[-_ ]?(?:me|this|it)\b.*|todo\b.*|tbd|fixme|x{3,}|placeholder|dummy"
    r"|replace[-_ ]?(?:me|this|with)\b.*|your[-_ ].*|insert[-_ ].*|<[\w .-]+>|fill[-_ ]?(?:me|in)\b.*)$"
    r"|(?:^|[/@.])(?:your|my)[-_]?(?:domain|site|host|company|organi[sz]ation|bucket)\b",
    re.IGNORECASE,
)


@single(
    "EN008", "environment.quotes-kept", Severity.WARNING, alone=True, paths=_VARIABLES,
    symptoms=(r"unexpected token '", r"invalid (?:url|character)", r"authentication failed"),
    since="0.2",
)  # fmt: skip
def quotes_kept(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A variable's value has quotes around it in one environment: they are part of the value there.

    What it compares:
        Values that begin and end with the same quote on exactly one side. An error where the rest is
        equal.

    Why it matters:
        Compose and dotenv libraries take the quotes of an env file away; `docker run --env-file`, the ECS
        console and systemd's Environment do not. A quoted URL is no URL and a quoted number is no number.

    Example:
        local: `FLAGS={"export": true}`
        production: `FLAGS='{"export": true}'`

    What to do:
        Remove the quotes where they are kept; with Compose, write the variable under `environment:`
        instead of in an env file that other tools read too.

    When to ignore it:
        When the program expects a quoted text, such as a JSON string.

    References:
        Incidents compose-vs-docker-run-envfile-quotes, compose-space-in-value-rejected.
    """
    values = (difference.left, difference.right)
    given = [text(value) for value in values]
    if not any(each and ("'" in each or '"' in each) for each in given):
        return
    quoted = [each is not None and bool(_QUOTED.match(each.strip())) for each in given]
    known = [value is ABSENT or each is not None for value, each in zip(values, given, strict=True)]
    if not all(known) or sum(quoted) != 1:
        return
    side = (comparison.left, comparison.right)[0 if quoted[0] else 1].name
    same = difference.kind is Kind.INVISIBLE
    name = difference.path[-1]
    yield Found(
        f"the value of `{name}` has quotes around it in {side}: the program gets them as part of it",
        f"write {name} without quotes in {side}: its reader keeps them",
        severity=Severity.ERROR if same else None,
    )


@single(
    "EN009", "environment.cut-by-a-parser", Severity.ERROR, alone=True, paths=_VARIABLES, silent=True,
    symptoms=(r"authentication failed", r"access denied", r"wrong password"), since="0.2",
)  # fmt: skip
def cut_by_a_parser(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A value is shorter in one environment by what a parser takes for a comment or a variable.

    What it compares:
        Values of which one is the other's part before a `#`, or the other without a `$name` in it.

    Why it matters:
        Readers of env files disagree where a comment begins and whether `$` begins a variable. The rest
        of the value is lost without an error, so that a password or a pattern is wrong on one side only.

    Example:
        local: `CHANNEL=ops#alerts`
        production: `CHANNEL=ops`

    What to do:
        Put the value in single quotes in the env file, or double the `$` where Compose reads it, or pass
        it under `environment:`.

    When to ignore it:
        When the two values really are meant to differ.

    References:
        Incident hash-dokploy-truncated-secret; Docker Compose, env file syntax.
    """
    left, right = text(difference.left), text(difference.right)
    if not left or not right:
        return
    names = (comparison.left.name, comparison.right.name)
    for whole, part, side in ((left, right, names[1]), (right, left, names[0])):
        why = _cut(whole, part)
        if why:
            yield Found(
                f"`{difference.path[-1]}` in {side} is the other side's value {why}",
                f"quote the value in {side} with single quotes, or write it under `environment:`",
            )
            return


def _cut(whole: str, part: str) -> str:
    if "#" not in whole and "$" not in whole:
        return ""
    rest = whole[len(part) :]
    if whole.startswith(part) and re.match(r"\s*#(?!/)", rest):
        return "cut off at its `#`, as a reader of comments does"
    if _DOLLAR.search(whole) and _DOLLAR.sub("", whole) == part:
        return "without its `$…`, as interpolation leaves it where the variable is unset"
    return ""


@single(
    "EN010", "environment.unexpanded-variable", Severity.ERROR, alone=True, paths=_VARIABLES,
    symptoms=(r"\$\{\w+\}", r"\$\(\w+\)", r"could not resolve host"), since="0.2",
)  # fmt: skip
def unexpanded_variable(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A value holds `${NAME}`, `$(NAME)` or `{{ name }}` as it stands: nobody put anything in its place.

    What it compares:
        Values with such a mark on one side and without on the other. Formats and templates are left out.

    Why it matters:
        Every tool expands its own marks only: Compose `${A}`, Kubernetes `$(A)`, Helm `{{ a }}`. A mark
        of another tool reaches the program as it stands, as a host name or part of an address.

    Example:
        local: `API_URL=http://api:8000`
        production: `API_URL=http://$(API_HOST):8000`

    What to do:
        Write the mark of the tool that reads this definition, or give the variable it names: Kubernetes
        leaves `$(A)` as it is where A is not defined before.

    When to ignore it:
        When the program expands it itself, as Spring does.

    References:
        Kubernetes, dependent environment variables; incident next-public-frontend-api-url-arg.
    """
    name = str(difference.path[-1])
    marks = [_marks(value) for value in (difference.left, difference.right)]
    if _FORMAT.search(name) or sum(map(bool, marks)) != 1:
        return
    alone = ABSENT in (difference.left, difference.right)
    mark = marks[0] or marks[1]
    whole = text(difference.left if marks[0] else difference.right)
    if alone and whole != mark:
        return
    side = (comparison.left if marks[0] else comparison.right).name
    yield Found(
        f"`{name}` holds `{mark}` as it stands in {side}: nothing was put in its place",
        f"give the variable that `{mark}` names, or write the mark that {side}'s tool expands",
        severity=Severity.WARNING if alone else None,
    )


def _marks(value: object) -> str:
    """The first unexpanded mark of a text."""
    given = text(value) or ""
    if not any(sign in given for sign in ("$", "{{", "<%")):
        return ""
    match = _UNEXPANDED.search(REFERENCE.sub("", given))
    return match[0] if match else ""


@single(
    "EN011", "environment.placeholder-value", Severity.ERROR, alone=True, paths=_VARIABLES,
    symptoms=(r"change.?me", r"your[-_]"), since="0.2",
)  # fmt: skip
def placeholder_value(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Production has a value that was meant to be replaced: `changeme`, `<your key>`, `TODO`.

    What it compares:
        Values that read like an example's on production's side: the environment called so, else the right
        one. What the other side has must be something else.

    Why it matters:
        The example was copied and one line of it forgotten. Nothing fails before the value is used.

    Example:
        local: `SUPPORT_DOMAIN=shop.test`
        production: `SUPPORT_DOMAIN=your-domain.com`

    What to do:
        Set the real value in production.

    When to ignore it:
        When the definition is an example itself.

    References:
        The Twelve-Factor App, III. Config.
    """
    left = production_is_left(comparison)
    value, other = (
        (difference.left, difference.right) if left else (difference.right, difference.left)
    )
    given = text(value)
    if not given or not _PLACEHOLDER.search(given) or _PLACEHOLDER.search(text(other) or ""):
        return
    side = (comparison.left if left else comparison.right).name
    yield Found(
        f"`{difference.path[-1]}` is `{given[:60]}` in {side}, which reads like a placeholder",
        f"set the real value of {difference.path[-1]} in {side}",
        severity=None if is_production(side) else Severity.WARNING,
    )
