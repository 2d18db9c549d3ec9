"""EN: the variables of a service as a set: many on one side, renamed, out of step with the image."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from parity.diff.view import Service, ServicePair
from parity.model.document import Path
from parity.model.finding import Severity
from parity.model.hidden import Concealed, Hidden, relation
from parity.rules._values import MANY, surplus, text, truth
from parity.rules.contract import Found, pair

_NAMED = 4
_LONG_ENOUGH = 8
"""Shorter values are equal by chance: ports, names, levels."""


@pair(
    "EN030",
    "environment.many-on-one-side",
    Severity.WARNING,
    paths=("environment.*",),
    silent=True,
    since="0.2",
)
def many_on_one_side(both: ServicePair) -> Iterator[Found]:
    """A service has many variables in one environment that the other does not set at all.

    What it compares:
        How many variables of a service only one side has; from eight on, they are one finding.

    Why it matters:
        Each of them is at a default on the other side. What is validated there is another configuration
        of the program, whatever its tests say of it.

    Example:
        local: 6 variables
        production: 59 variables, among them limits, time-outs and feature switches

    What to do:
        Take production's list as the base of both, for example one file of variables that both definitions
        read, and override locally what must differ.

    When to ignore it:
        When one side has them in a file inside the image.

    References:
        Incident env-dinference-53-knobs; incident survey, finding 6.
    """
    left, right = surplus(both)
    only = right, left
    for names, has in zip(only, ("right", "left"), strict=True):
        if len(names) >= MANY and len(names) >= len(only[0 if has == "left" else 1]):
            listed = ", ".join(f"`{name}`" for name in names[:_NAMED])
            yield Found(
                f"{len(names)} variables of `{both.name}` are set only on the {has} ({listed} "
                "and others): the other side runs on defaults",
                "set them on both sides, if only to the defaults: one shared env file does it",
                at=((both.name, ("environment",)), *_at(both.name, names)),
            )
            return


def _at(service: str, names: list[str]) -> tuple[tuple[str, Path], ...]:
    return tuple((service, ("environment", name)) for name in names)


@pair(
    "EN031", "environment.renamed-variable", Severity.WARNING, paths=("environment.*",), since="0.2"
)
def renamed_variable(both: ServicePair) -> Iterator[Found]:
    """A variable has another name on the other side: one of the two is read by nobody.

    What it compares:
        Variables of one side alone with those of the other side alone: names that are equal but for case
        and punctuation, or that share a word and hold the same value.

    Why it matters:
        A program reads one name. Under the other it finds nothing and takes its default, silently.

    Example:
        local: `REDIS_URI=redis://cache:6379/0`
        production: `REDIS_URL=redis://cache:6379/0`

    What to do:
        Use the name that the program reads on both sides.

    When to ignore it:
        When the program reads both.

    References:
        Incident env-engineyard-dotenv-not-loaded; POSIX, environment variable names are case-sensitive.
    """
    free, new = surplus(both)
    for name in new:
        value = both.right.get("environment", name)
        other = next(
            (o for o in free if _renamed(o, name, both.left.get("environment", o), value)), ""
        )
        if other:
            free.remove(other)
            yield Found(
                f"`{name}` of `{both.name}` is called `{other}` on the other side: the program reads one "
                "of them",
                f"call it alike on both sides, by the name that the program reads: {name} or {other}",
                at=_at(both.name, [name, other]),
            )


def _renamed(one: str, two: str, left: Any, right: Any) -> bool:
    if re.sub(r"[^a-z0-9]", "", one.lower()) == re.sub(r"[^a-z0-9]", "", two.lower()):
        return True
    return bool(_parts(one) & _parts(two)) and _equal(left, right)


def _parts(name: str) -> set[str]:
    return {part for part in re.split(r"[^A-Z0-9]+", name.upper()) if len(part) > 2}  # noqa: PLR2004


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, Hidden | Concealed) or isinstance(right, Hidden | Concealed):
        return relation(left, right) == "same" and type(left) is type(right)
    return bool(left == right) and len(left) >= _LONG_ENOUGH and truth(left) is None


_VERSION_NAME = re.compile(r"(?:^|_)(?:VERSION|RELEASE|TAG)$", re.IGNORECASE)
_VERSION = re.compile(r"^v?\d+(?:\.\d+)+(?:[-+.]\w+)*$")


@pair(
    "EN032",
    "environment.version-not-the-tag",
    Severity.WARNING,
    paths=("environment.*", "image"),
    words=("version", "release", "tag"),
    silent=True,
    since="0.2",
)
def version_not_the_tag(both: ServicePair) -> Iterator[Found]:
    """A version variable names the image's tag in one environment and another version in the other.

    What it compares:
        Variables that end in VERSION, RELEASE or TAG with the tag of the service's image: equal on one
        side, different on the other.

    Why it matters:
        Both were meant to come from one variable. Where they part, one was interpolated from somewhere
        else: another image runs than the one that is reported, in logs and in error reports too.

    Example:
        local: `image: shop:2.3.1`, `APP_VERSION=2.3.1`
        production: `image: shop:2.3.0`, `APP_VERSION=2.3.1`

    What to do:
        Look where the tag was interpolated from: `.env`, the shell, or another variable in `.env`, which
        Compose v2 does not expand from the shell.

    When to ignore it:
        When the variable is another component's version.

    References:
        Incident envprec-v1-v2-interpolation.
    """
    agree = [_agreeing(service) for service in (both.left, both.right)]
    for name in agree[1]:
        if name in agree[0] and agree[0][name] is not agree[1][name]:
            odd = both.right if agree[0][name] else both.left
            yield Found(
                f"`{name}` of `{both.name}` is `{odd.env(name)}` where its image is `{odd.get('image', 'tag')}`; "
                "on the other side the two agree",
                f"take the tag and {name} from one variable, and check where it is set",
                at=((both.name, ("image", "tag")), (both.name, ("environment", name))),
            )


def _agreeing(service: Service) -> Mapping[str, bool]:
    """Version variables, and whether each is the tag of the image."""
    tag = text(service.get("image", "tag")) or ""
    if not _VERSION.match(tag):
        return {}
    return {
        name: str(value).removeprefix("v") == tag.removeprefix("v")
        for name, value in service.environment()
        if _VERSION_NAME.search(name) and _VERSION.match(text(value) or "")
    }
