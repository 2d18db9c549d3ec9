"""`parity diff`: read two environments, compare them, and say what the differences mean."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from parity.actions.environments import LOCAL, ForComparison, read_for_comparison
from parity.actions.project_waivers import Waivers, waivers_of
from parity.actions.session import local_environment
from parity.diff.compare import compare
from parity.errors import UsageError
from parity.model.environment import Environment
from parity.model.finding import Report, SideInfo
from parity.model.override import Override
from parity.model.progress import Progress, Step
from parity.model.project import Project
from parity.model.setting import Layer
from parity.paths import ProjectPaths
from parity.rules.evaluate import Terms, evaluate
from parity.rules.registry import Catalogue, catalogue
from parity.secrecy.conceal import conceal

Local = Callable[[], tuple[Environment, Sequence[Override]]]


@dataclass(frozen=True)
class DiffRequest:
    """What to compare and how. Empty sides: those of [check], else the obvious two."""

    left: str = ""
    right: str = ""
    symptom: str = ""
    services: frozenset[str] = frozenset()
    layers: frozenset[Layer] = frozenset()


def diff(
    paths: ProjectPaths,
    project: Project,
    request: DiffRequest,
    progress: Progress,
    *,
    local: Local | None = None,
) -> Report:
    """The report. `local` reads what `parity up` runs here; it needs an engine."""
    left, right = sides(project, request)
    rules = catalogue()
    refuse_unknown_rules(project, rules)
    one, two, overrides = _read(paths, project, (left, right), progress, local)
    _refuse_unknown_services(request, one, two)
    one, two = conceal(one, two, key=_key(paths, project))
    comparison = compare(one, two, pairs=project.diff.pairs)
    given = waivers_of(paths, project)
    report = evaluate(
        comparison,
        rules,
        _terms(project, request, given, overrides),
        left=one.origins,
        right=two.origins,
    )
    return replace(report, left=_info(report.left, one), right=_info(report.right, two))


def sides(project: Project, request: DiffRequest) -> tuple[str, str]:
    """The two environments to compare: those asked for, those of [check], or local and production."""
    if request.left and request.right:
        return request.left, request.right
    if request.left:
        return request.left, local_environment(project)
    if project.check.compare:
        return _two(project.check.compare)
    right = local_environment(project)
    others = [name for name in project.environments if name != right]
    return (others[0] if len(others) == 1 else LOCAL), right


def _two(names: Sequence[str]) -> tuple[str, str]:
    if len(names) != 2:  # noqa: PLR2004
        raise UsageError(
            f"`check.compare` names {len(names)} environments",
            where="parity.toml: check.compare",
            next_step='name two: compare = ["dev", "prod"]',
        )
    return names[0], names[1]


def _read(
    paths: ProjectPaths,
    project: Project,
    names: tuple[str, str],
    progress: Progress,
    local: Local | None,
) -> tuple[Environment, Environment, Sequence[Override]]:
    """Both sides, read at the same time, and the declared overrides of a local left side."""
    overrides: Sequence[Override] = ()
    started: list[ForComparison | None] = [
        None if _is_local(project, name) else read_for_comparison(paths, project, name)
        for name in names
    ]
    found: list[Environment] = []
    for name, reading in zip(names, started, strict=True):
        progress(Step(name, "reading"))
        if reading is None:
            if local is None:
                raise UsageError(
                    "`local` is what `parity up` runs, and there is no parity.toml here",
                    next_step="run `parity init`, or name two definitions",
                )
            environment, overrides = local()
        else:
            environment = reading.result()
        found.append(environment)
    return found[0], found[1], overrides


def _is_local(project: Project, name: str) -> bool:
    return name == LOCAL and LOCAL not in project.environments


def refuse_unknown_rules(project: Project, rules: Catalogue) -> None:
    """Raise for a rule under [rules] that does not exist: its level would silently mean nothing."""
    for name in project.rules:
        rules.get(name)


def _refuse_unknown_services(request: DiffRequest, one: Environment, two: Environment) -> None:
    known = {*one.services, *two.services}
    for name in request.services - known:
        raise UsageError(
            f"no service called {name!r} in {one.name} or {two.name}",
            next_step=f"services: {', '.join(sorted(known)) or 'none'}",
        )


def _terms(
    project: Project, request: DiffRequest, given: Waivers, overrides: Sequence[Override]
) -> Terms:
    return Terms(
        levels=project.rules,
        symptom=request.symptom,
        services=request.services,
        layers=request.layers,
        waivers=given.tables,
        waiver_origins=given.origins,
        overrides=overrides,
    )


def _info(info: SideInfo, environment: Environment) -> SideInfo:
    return replace(info, files=environment.files, losses=len(environment.losses))


def _key(paths: ProjectPaths, project: Project) -> str:
    import os

    del paths, project
    return os.environ.get("PARITY_KEY", "")
