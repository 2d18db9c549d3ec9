"""`parity diff`: read two environments, compare them, and say what the differences mean."""

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from parity.actions.diff_request import DiffRequest, is_local, is_usual, sides
from parity.actions.environments import ForComparison, read_for_comparison, told_apart_by_name
from parity.actions.layers import with_layers
from parity.actions.project_waivers import Waivers, waivers_of
from parity.actions.refusals import refuse_unknown_names
from parity.diff.compare import compare
from parity.diff.view import Comparison, Side
from parity.errors import UsageError
from parity.model.environment import Environment
from parity.model.facts import unread_in
from parity.model.finding import Report, SideInfo
from parity.model.override import Override
from parity.model.progress import Progress, Step
from parity.model.project import Project
from parity.model.setting import Anchored, Layer
from parity.paths import ProjectPaths
from parity.rules.evaluate import evaluate, side_info
from parity.rules.registry import catalogue
from parity.rules.terms import Terms
from parity.secrecy import keys
from parity.secrecy.conceal import conceal

OF_TWO = ("environment.same-secret-on-both-sides",)
"""Rules that make sense between two environments only."""
_FEW = 4
Local = Callable[[], tuple[Environment, Sequence[Override]]]


def diff(
    paths: ProjectPaths,
    project: Project,
    request: DiffRequest,
    progress: Progress,
    *,
    local: Local | None = None,
) -> Report:
    """The report. `local` reads what `parity up` runs here; it needs an engine."""
    one, two, overrides = read_sides(paths, project, request, progress, local=local)
    return judge(paths, project, request, one, two, overrides=overrides)


def read_sides(
    paths: ProjectPaths,
    project: Project,
    request: DiffRequest,
    progress: Progress,
    *,
    local: Local | None = None,
) -> tuple[Environment, Environment, Sequence[Override]]:
    """Both sides with the layers that are wanted, and the declared overrides of a local left side."""
    one, two, overrides = _read(paths, project, sides(project, request), progress, local)
    wanted = request.read | request.layers
    base = project.local.gateway_base
    one, two = (with_layers(each, wanted, progress, base=base) for each in (one, two))
    return one, two, overrides


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """A comparison makes millions of records that live to its end, and no cycles. Looking for some among
    them would take a sixth of the time.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        # Through both, all that was made counts as old: the next collection of young ones is short.
        gc.freeze()
        gc.unfreeze()
        if running:
            gc.enable()


@collector_at_rest()
def judge(
    paths: ProjectPaths,
    project: Project,
    request: DiffRequest,
    one: Environment,
    two: Environment,
    *,
    overrides: Sequence[Override] = (),
) -> Report:
    """The report on two environments that have been read."""
    refuse_unknown_names(paths, project, request, (one, two), catalogue())
    one, two = conceal(one, two, key=key_of(paths, project))
    return judge_concealed(paths, project, request, one, two, overrides=overrides)[1]


def key_of(paths: ProjectPaths, project: Project) -> str:
    """The project's key for fingerprints of secrets; empty where there is none."""
    key = keys.find(project.project.name or paths.root.name)
    return key.value if key else ""


def judge_concealed(
    paths: ProjectPaths,
    project: Project,
    request: DiffRequest,
    one: Environment,
    two: Environment,
    *,
    overrides: Sequence[Override] = (),
    compared: Comparison | None = None,
) -> tuple[Comparison, Report]:
    """The comparison of two environments without a secret's value, and the report on it."""
    comparison = compared or compare(one, two, pairs=project.diff.pairs)
    given = waivers_of(paths, project)
    terms = _terms(project, request, given, overrides)
    if (one.snapshot_of or one.name) == (two.snapshot_of or two.name) or _in_one_place(one, two):
        # Today's definition and a snapshot of it: one environment, which has its own secrets.
        terms = replace(terms, levels={**terms.levels, **dict.fromkeys(OF_TWO, "off")})
    root = str(paths.root)
    left, right = (Anchored(each.origins, root) for each in (one, two))
    report = evaluate(comparison, catalogue(), terms, left=left, right=right)
    return comparison, replace(
        report,
        left=information(comparison.left, one),
        right=information(comparison.right, two),
        facts={"services": [pair.name for pair in comparison.pairs]},
        notes=(*report.notes, *_unread(one), *_unread(two), *_blanks(one), *_blanks(two)),
    )


def _in_one_place(one: Environment, two: Environment) -> bool:
    """Whether both are the same containers."""
    return one.place is not None and one.place == two.place


def _unread(environment: Environment) -> Iterator[str]:
    """What a layer that was read does not tell, and why."""
    told: dict[str, tuple[set[Layer], dict[str, None], set[str]]] = {}
    for service, layer, what, why in unread_in(environment.document):
        layers, services, things = told.setdefault(why, (set(), {}, set()))
        layers.add(layer)
        services[service] = None
        things.add(what)
    for why, (layers, services, things) in told.items():
        which = ", ".join(layer.value for layer in Layer if layer in layers)
        of = f"{which} of {', '.join(services)} in {environment.name}"
        yield f"not read: {of}, {_few(sorted(things))}: {why}"


def _few(words: list[str]) -> str:
    more = len(words) - _FEW
    return ", ".join(words[:_FEW]) + (f" and {more} more" if more > 0 else "")


def _blanks(environment: Environment) -> Iterator[str]:
    """What a reader must know of an environment that was read without all its variables."""
    if environment.unset:
        names = ", ".join(environment.unset[:5]) + (" and more" if environment.unset[5:] else "")
        yield f"no value here, and so blank, in {environment.name}: {names} (env-files, [secrets])"


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
        None if is_local(project, name) else read_for_comparison(paths, project, name)
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
    one, two = told_apart_by_name(found, names)
    return one, two, overrides


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
        usual=is_usual(project, request),
        overrides=overrides,
    )


def information(side: Side, environment: Environment) -> SideInfo:
    """One side as reports describe it."""
    return replace(
        side_info(side),
        files=environment.files,
        losses=len(environment.losses),
        lost=tuple((loss.path, loss.reason) for loss in environment.losses),
        captured=environment.captured,
    )
