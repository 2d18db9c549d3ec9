"""Names that mean nothing in a comparison: refused, since `no findings` would be no answer."""

import difflib
from collections.abc import Iterable

from parity.actions.diff_request import DiffRequest, is_usual
from parity.config.positions import line_of
from parity.errors import ConfigError, UsageError
from parity.model.environment import Environment
from parity.model.project import Project
from parity.paths import ProjectPaths
from parity.rules.registry import Catalogue


def refuse_unknown_names(
    paths: ProjectPaths,
    project: Project,
    request: DiffRequest,
    sides: tuple[Environment, Environment],
    rules: Catalogue,
) -> None:
    """Raise for rules, services, layers and pairs that do not exist."""
    _rules(paths, project, rules)
    if is_usual(project, request):
        _pairs(paths, project, *sides)
    _services(request, *sides)
    _layers(request, *sides)


def _rules(paths: ProjectPaths, project: Project, rules: Catalogue) -> None:
    """A rule under [rules] that does not exist: its level would silently mean nothing."""
    for name in project.rules:
        try:
            rules.get(name)
        except UsageError as error:
            where = _where(paths, "rules", name)
            raise ConfigError(error.message, where=where, next_step=error.next_step) from error


def _pairs(paths: ProjectPaths, project: Project, one: Environment, two: Environment) -> None:
    """Of the usual two sides only: a pair is for them, and others may lack a service of it."""
    for left, right in project.diff.pairs.items():
        for name, side in ((left, one), (right, two)):
            if name not in side.services:
                raise ConfigError(
                    f"[diff] pairs: {side.name} has no service `{name}`",
                    where=_where(paths, "diff", "pairs", left),
                    next_step=_near(name, side.services),
                )


def _services(request: DiffRequest, one: Environment, two: Environment) -> None:
    known = {*one.services, *two.services}
    for name in request.services - known:
        raise UsageError(
            f"no service called `{name}` in {one.name} or {two.name}",
            next_step=f"services: {', '.join(sorted(known)) or 'none'}",
        )


def _layers(request: DiffRequest, one: Environment, two: Environment) -> None:
    """Asked about a layer that nobody has read."""
    for environment in (one, two):
        for layer in sorted(request.layers - environment.layers):
            read = ", ".join(sorted(environment.layers))
            raise UsageError(
                f"the layer `{layer}` of {environment.name} was not read",
                next_step=f"leave --layer out, or choose from what was: {read}",
            )


def _near(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    near = difflib.get_close_matches(name, names, n=1)
    return f"did you mean `{near[0]}`?" if near else f"services: {', '.join(names) or 'none'}"


def _where(paths: ProjectPaths, *location: str) -> str:
    try:
        text = paths.config.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return paths.config.name
    return f"{paths.config}:{line_of(text, location)}"
