"""DF: what can be said of any difference. Speaks where no particular rule does."""

from collections.abc import Iterator

from parity.diff.view import Comparison
from parity.model.difference import Difference, Kind
from parity.model.document import show
from parity.model.finding import Severity
from parity.rules.contract import Found, single


def _name(difference: Difference) -> str:
    return show(difference.path)


def _one_side(difference: Difference, comparison: Comparison) -> tuple[str, str]:
    """The environment that has it and the one that does not."""
    names = (comparison.left.name, comparison.right.name)
    return names if difference.kind is Kind.ONLY_LEFT else (names[1], names[0])


@single("DF001", "differs.service-on-one-side", Severity.WARNING, generic=True, since="0.2")
def service_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A service runs in one environment and not in the other.

    What it compares:
        The services of both sides, after pairing by name, by `[diff.pairs]` and by image.

    Why it matters:
        Code that meets the service for the first time in production meets its limits, its errors and its
        latency there as well. A proxy, a cache or a queue that only production has is the usual case.

    Example:
        local: no `proxy`
        production: `proxy: {image: nginx:1.27}`

    What to do:
        Run the service locally too, or name its counterpart under `[diff.pairs]` in parity.toml.

    When to ignore it:
        Tools for developers (mail catchers, database browsers) and production's own monitoring.

    References:
        Incident survey, finding 6: absent is a value.
    """
    if difference.path:
        return
    has, lacks = _one_side(difference, comparison)
    yield Found(
        f"service `{difference.service}` runs in {has} and not in {lacks}",
        f'run it in {lacks} too, or pair it: [diff.pairs] in parity.toml, "LEFT" = "{difference.service}"',
    )


@single("DF002", "differs.invisibly", Severity.ERROR, generic=True, silent=True, since="0.2")
def invisibly(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """Two values look the same and are not: trailing space, quotes, carriage return, look-alike letter.

    What it compares:
        Texts that are equal once spaces at the ends, quotes around them, line ends, invisible characters
        and compatible Unicode forms are taken away.

    Why it matters:
        The program gets the bytes. A password with a newline at its end is another password, a flag in
        quotes is not the flag, a host name with a carriage return resolves nowhere.

    Example:
        local: `API_URL=https://api.example`
        production: `API_URL="https://api.example"` read by `docker run --env-file`, quotes kept

    What to do:
        Write the value alike on both sides; the finding shows the bytes.

    When to ignore it:
        Where the program is known to trim its input.

    References:
        Incidents compose-vs-docker-run-envfile-quotes, hash-dokploy-truncated-secret.
    """
    del comparison
    if difference.kind is Kind.INVISIBLE:
        yield Found(
            f"`{_name(difference)}` looks the same on both sides and is not",
            "write the same bytes on both sides; the lines above show what the eye does not see",
        )


@single("DF003", "differs.in-type", Severity.WARNING, generic=True, since="0.2")
def in_type(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A value is of one kind on one side and of another kind on the other.

    What it compares:
        Whether a value reads as a number, an amount with a unit, a boolean, a URL, JSON, an empty text
        or another text.

    Why it matters:
        Programs parse what they are given. The kind that the other environment never sees is the one that
        nobody has tested.

    Example:
        local: `CACHE=false`
        production: `CACHE=redis://cache:6379/0`

    What to do:
        Use the same kind of value on both sides, or make the program refuse what it does not expect.

    When to ignore it:
        When the program documents both kinds.

    References:
        Incidents bool-cloki-debug, bool-false-string-django.
    """
    del comparison
    if difference.kind is Kind.TYPE:
        yield Found(
            f"`{_name(difference)}` is of another kind on the other side",
            "use the same kind of value on both sides",
        )


@single("DF004", "differs.in-form", Severity.WARNING, generic=True, since="0.2")
def in_form(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A value says the same in another form: case, spelling of a boolean, scheme of a URL.

    What it compares:
        Texts that differ in case only, booleans of the same meaning, URLs of different schemes.

    Why it matters:
        `True`, `true`, `1` and `yes` are one value to some programs and four to others; a scheme decides
        about encryption and the driver.

    Example:
        local: `DEBUG=False`
        production: `DEBUG=false`

    What to do:
        Write it alike on both sides.

    When to ignore it:
        When the program's documentation says that it reads both alike.

    References:
        Incidents bool-false-string-django, mail-integreat-tls-587.
    """
    del comparison
    if difference.kind is Kind.FORMAT:
        yield Found(
            f"`{_name(difference)}` is written in another form on the other side",
            "write it alike on both sides",
        )


@single("DF005", "differs.set-on-one-side", Severity.INFO, generic=True, since="0.2")
def set_on_one_side(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A setting is set in one environment and left to its default in the other.

    What it compares:
        Every setting that one side sets and the other does not, where the default is not the same.

    Why it matters:
        The default is decided by somebody else: the engine, the image, the program. It is often the
        permissive one, so that what production forbids or limits works on a laptop.

    Example:
        local: `WORKERS` unset
        production: `WORKERS=4`

    What to do:
        Set it on both sides, if only to its default.

    When to ignore it:
        Settings of tools that exist on one side only.

    References:
        Incident env-dinference-53-knobs; incident survey: one side was a default in 64 of 254 cases.
    """
    if difference.path and difference.kind in (Kind.ONLY_LEFT, Kind.ONLY_RIGHT):
        has, lacks = _one_side(difference, comparison)
        yield Found(
            f"`{_name(difference)}` is set in {has} and not in {lacks}",
            f"set it in {lacks} too, if only to what is effective there already",
        )


@single("DF006", "differs.in-value", Severity.INFO, generic=True, since="0.2")
def in_value(difference: Difference, comparison: Comparison) -> Iterator[Found]:
    """A setting has different values on the two sides.

    What it compares:
        Every setting of both sides, once sizes, durations, image names and sets are normalised.

    Why it matters:
        It may not. Two environments differ in many values on purpose; this finding is what is left when
        no rule knows more about the setting.

    Example:
        local: `PAGE_SIZE=20`
        production: `PAGE_SIZE=100`

    What to do:
        Decide whether the two have to differ; if so, accept it with `parity accept`.

    When to ignore it:
        When the reason is known and written down.

    References:
        Docker Compose file reference; docs/diff.md says which differences are expected.
    """
    del comparison
    if difference.kind in (Kind.VALUE, Kind.SECRET):
        yield Found(
            f"`{_name(difference)}` has another value on the other side",
            "make them equal, or accept the difference: parity accept",
        )
