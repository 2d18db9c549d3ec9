"""`parity check`: what a push must not break, without an engine."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from parity.actions import lock
from parity.actions.diff import judge
from parity.actions.diff_request import DiffRequest, compared
from parity.actions.environments import ForComparison, begin, host_files
from parity.actions.session import Session, local_environment
from parity.config.positions import line_of
from parity.errors import FindingError, LockError
from parity.model.document import parse
from parity.model.environment import Environment
from parity.model.finding import Finding, Report, SideInfo
from parity.model.progress import Progress, Step
from parity.model.setting import Origin
from parity.rules import checks
from parity.rules.judge import ranked
from parity.rules.registry import catalogue
from parity.sources.contents import with_contents


@dataclass(frozen=True)
class Read:
    """The environments a check looks at, each read once."""

    production: Environment
    left: Environment | None
    right: Environment | None


def check(
    session: Session,
    progress: Progress,
    request: DiffRequest | None = None,
    *,
    begun: Mapping[str, ForComparison] | None = None,
) -> Report:
    """One report of everything: lock, overrides, differences, waivers.

    `begun` are the readings of production and of the two sides, where the caller has begun them.
    """
    found = _read(session, request or DiffRequest(), progress, begun)
    own = [*_lock(session, found.production), *_overrides(session, found.production)]
    if found.left is None or found.right is None:
        return _alone(session, found.production, own)
    report = judge(
        session.paths, session.project, request or DiffRequest(), found.left, found.right
    )
    return replace(
        report,
        findings=ranked([*own, *report.findings]),
        notes=(*report.notes, _lock_note(own)),
    )


def _read(
    session: Session,
    request: DiffRequest,
    progress: Progress,
    begun: Mapping[str, ForComparison] | None,
) -> Read:
    names = compared(session.project, request)
    production = local_environment(session.project)
    started = begun or begin(session.paths, session.project, (production, *(names or ())))
    catalogue()  # imported while the definitions are read
    read = {}
    for name, comparable in started.items():
        progress(Step(name, "reading"))
        read[name] = comparable.reading.result()
    if names is None:
        return Read(read[production], None, None)
    here = host_files(session.paths, session.project)
    left, right = (with_contents(read[name], here) for name in names)
    return Read(read[production], left, right)


def _lock(session: Session, production: Environment) -> Iterator[Finding]:
    origin = Origin(str(session.paths.lock))
    try:
        lock.refuse_stale(session, production)
    except FindingError as stale:
        yield checks.lock_stale(stale.message, stale.next_step, origin)
    except LockError as missing:
        if session.paths.lock.exists() and "no parity.lock" not in missing.message:
            raise
        yield checks.lock_missing(missing.message, missing.next_step, origin)


def _overrides(session: Session, production: Environment) -> Iterator[Finding]:
    text = session.paths.config.read_text(encoding="utf-8")
    for index, override in enumerate(session.project.local.override):
        line = line_of(text, ("local", "override", index))
        origin = Origin(str(session.paths.config), line)
        if not override.reason.strip():
            yield checks.override_without_reason(override, origin)
        path = parse(override.path)
        if path[:1] == ("services",) and len(path) > 1 and path[1] not in production.services:
            yield checks.override_stale(override, origin)


def _alone(session: Session, production: Environment, own: list[Finding]) -> Report:
    """The report where there is nothing to compare production with."""
    from parity.actions.diff import information
    from parity.diff.compare import compare, side
    from parity.rules.evaluate import evaluate
    from parity.rules.registry import build
    from parity.rules.terms import Terms

    del session
    seen = replace(production, document={**production.document, "services": {}})
    nothing = evaluate(compare(seen, seen), build([]), Terms())
    info: SideInfo = information(side(production), production)
    note = "no two environments to compare: [check] in parity.toml names them"
    return replace(
        nothing, left=info, right=info, findings=ranked(own), notes=(note, _lock_note(own))
    )


def _lock_note(own: list[Finding]) -> str:
    stale = any(finding.rule.startswith("CK00") and "lock" in finding.name for finding in own)
    return "parity.lock needs attention" if stale else "parity.lock fits the definition"
