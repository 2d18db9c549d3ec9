"""`parity diff --explain SERVICE.SETTING`: one setting in every layer, on both sides."""

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from parity.actions.diff import judge_concealed, key_of
from parity.actions.diff_request import DiffRequest
from parity.diff import defaults
from parity.diff.comparators import comparator
from parity.diff.compare import covers, side
from parity.diff.effective import effective
from parity.diff.layered import (
    Explanation,
    Layered,
    Served,
    Verdict,
    layered,
    value_at,
)
from parity.diff.overruling import facts_of, topic
from parity.diff.settings import flatten
from parity.diff.view import Comparison, Service, Side
from parity.errors import UsageError
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path, parse, show
from parity.model.environment import Environment
from parity.model.facts import ROOTS
from parity.model.finding import Finding, NotChecked, Report
from parity.model.hidden import UNKNOWN, relation
from parity.model.override import Override
from parity.model.project import Project
from parity.model.setting import Anchored, Layer
from parity.paths import ProjectPaths
from parity.rules import _servers
from parity.rules._database import engine
from parity.rules._given import Server
from parity.rules.registry import catalogue
from parity.secrecy.conceal import conceal

_FLAG: Final = re.compile(r"^(?:command|entrypoint)\s+(?:-c\s*|--)([A-Za-z_][\w.-]*)$")
_SETTINGS: Final = ("database", "settings")
_SERVERS: Final = (_servers.POSTGRES, _servers.MYSQL, _servers.REDIS, _servers.RABBITMQ)
_NEAR: Final = 3


@dataclass(frozen=True)
class _Asked:
    """The setting that was asked for, found in one side or both."""

    services: tuple[Service | None, Service | None]
    path: Path
    server: str = ""
    """Name of a server's setting."""

    @property
    def name(self) -> str:
        """The service, by the name that reports use."""
        return next(each.name for each in reversed(self.services) if each is not None)

    @property
    def paths(self) -> tuple[Path, ...]:
        """The setting and the facts that overrule it."""
        return (self.path, *facts_of(self.path))


def explain(
    paths: ProjectPaths,
    project: Project,
    request: DiffRequest,
    setting: str,
    read: tuple[Environment, Environment],
    *,
    overrides: Sequence[Override] = (),
) -> Explanation:
    """What every layer of two environments that have been read says of one setting."""
    one, two = conceal(*read, key=key_of(paths, project))
    whole = replace(request, services=frozenset(), layers=frozenset())
    comparison, report = judge_concealed(paths, project, whole, one, two, overrides=overrides)
    sides = (side(one), side(two))
    asked = _find(setting, comparison, sides)
    told = _layers(paths, (one, two), asked)
    findings = tuple(each for each in report.findings if _speaks(each, asked))
    folded = tuple(each for each in report.folded if _speaks(each.finding, asked))
    return Explanation(
        show(("services", asked.name, *asked.path)),
        told,
        _verdict(comparison, asked, told, (one, two)),
        findings,
        folded,
        tuple(_unable(report, asked)),
        (report.left, report.right),
        tuple(_one_sided(told, (one, two))),
    )


def _one_sided(
    told: tuple[Layered, Layered], sides: tuple[Environment, Environment]
) -> Iterator[str]:
    """That what is in effect on one side could not be compared, since the other was not asked."""
    for each, other in zip(told, reversed(sides), strict=True):
        layer = each.winner.layer if each.winner else Layer.DECLARED
        if layer not in other.layers and each.service:
            yield (
                f"what is in effect in {each.environment} is its layer `{layer}`, which was not read "
                f"in {other.name}: the layers that both have were compared"
            )


def _layers(
    paths: ProjectPaths, sides: tuple[Environment, Environment], asked: _Asked
) -> tuple[Layered, Layered]:
    made = []
    for environment, service in zip(sides, asked.services, strict=True):
        if service is None:
            made.append(Layered(environment.name, ""))
            continue
        served = _served(service, asked.server) if asked.server else None
        origins = Anchored(environment.origins, str(paths.root))
        made.append(layered(environment, service, asked.path, origins, served))
    return made[0], made[1]


def _find(setting: str, comparison: Comparison, sides: tuple[Side, Side]) -> _Asked:
    """The setting by what a user wrote; UsageError with the nearest names."""
    bare = setting.strip().removeprefix("services.")
    services, rest = _services(bare, comparison, sides)
    known = _known(services)
    flag = _FLAG.match(rest)
    name = flag[1] if flag else rest.removeprefix("database.settings.")
    if flag or (rest not in known or rest.startswith("database.settings.")):
        found = _server_setting(services, name)
        if found:
            return _Asked(services, _answered(services, found), found)
    try:
        path = known.get(rest) or parse(rest)
    except ValueError:
        path = (rest,)
    path = topic(path)
    if path in known.values() or any(_holds(each, path) for each in services):
        return _Asked(services, path)
    raise _unknown(setting, rest, path, services, known, sides)


def _services(
    bare: str, comparison: Comparison, sides: tuple[Side, Side]
) -> tuple[tuple[Service | None, Service | None], str]:
    """The service of both sides whose name the text begins with, and the rest of the text."""
    names = {name for each in sides for name in each.services}
    fitting = [name for name in names if bare.startswith((f"{name}.", f'["{name}"].'))]
    if not fitting:
        raise _no_service(bare, sorted(names))
    name = max(fitting, key=len)
    rest = bare.removeprefix(f'["{name}"].').removeprefix(f"{name}.")
    pair = comparison.pair(name) or next((p for p in comparison.pairs if p.left.name == name), None)
    left, right = (pair.left.name, pair.right.name) if pair else (name, name)
    found = sides[0].services.get(left), sides[1].services.get(right)
    return found, rest


def _no_service(bare: str, names: list[str]) -> UsageError:
    first = bare.partition(".")[0]
    if first in names:
        return UsageError(
            f"`{first}` is a service; --explain is about one setting of it",
            next_step=f"name one: {first}.image, or {first}.environment.NAME",
        )
    near = difflib.get_close_matches(first, names, n=1)
    hint = f"did you mean `{near[0]}`?" if near else f"services: {', '.join(names) or 'none'}"
    return UsageError(f"no service called `{first}` on either side", next_step=hint)


def _paths(service: Service) -> dict[Path, None]:
    """Its settings, and those that only its image or its processes give."""
    return dict.fromkeys((*service.settings, *flatten(effective(service.document))))


def _known(services: Iterable[Service | None]) -> dict[str, Path]:
    """The settings of either side and those that facts are about, by both ways to write them."""
    found: dict[str, Path] = {}
    for service in services:
        for path in _paths(service) if service else ():
            for each in dict.fromkeys((path, topic(path))):
                found.setdefault(show(each), each)
                found.setdefault(".".join(map(str, each)), each)
    return found


def _holds(service: Service | None, path: Path) -> bool:
    """Whether something stands at or below the path, or a default is known of it."""
    if service is None:
        return False
    if any(p[: len(path)] == path for p in _paths(service)):
        return True
    default = defaults.of(path, "")
    return path[0] not in ("environment", *ROOTS) and bool(default and default.words)


def _unknown(
    setting: str,
    rest: str,
    path: Path,
    services: tuple[Service | None, Service | None],
    known: dict[str, Path],
    sides: tuple[Side, Side],
) -> UsageError:
    name = next(each.name for each in services if each)
    layer = ROOTS.get(str(path[0]))
    unread = [each.name for each in sides if layer and layer not in each.layers]
    if layer and unread:
        return UsageError(
            f"the layer `{layer}` of {' and '.join(unread)} was not read",
            next_step=f"--layers {layer} reads it",
        )
    near = difflib.get_close_matches(rest, sorted(known), n=_NEAR, cutoff=0.5)
    last = rest.rpartition(".")[2].lower()
    near = near or [each for each in sorted(known) if last and last in each.lower()][:_NEAR]
    names = " or ".join(f"`{name}.{each}`" for each in near)
    hint = f"did you mean {names}?" if near else f"`parity config` shows all settings of {name}"
    return UsageError(f"no layer that was read has a setting `{setting}`", next_step=hint)


def _server(service: Service | None) -> Server | None:
    kind = engine(service) if service else ""
    return next((each for each in _SERVERS if kind in each.technologies), None)


def _server_setting(services: Iterable[Service | None], name: str) -> str:
    """The server's own name of a setting that it was told or answered; empty where there is none."""
    for service in services:
        server = _server(service)
        if service is None or server is None:
            continue
        given = {**server.told(service), **server.read(service)}
        for each in (name, name.replace("-", "_"), name.lower()):
            if each in given:
                return each
        for path, value in service.under(*_SETTINGS).items():
            original = ".".join(map(str, path[2:]))
            if name.lower() == original.lower():
                return server.seen(original, str(value))[0]
    return ""


def _answered(services: Iterable[Service | None], name: str) -> Path:
    """Where the servers' answers stand, by the name that they have there."""
    for service in services:
        server = _server(service)
        if service is None or server is None:
            continue
        for path, value in service.under(*_SETTINGS).items():
            if server.seen(".".join(map(str, path[2:])), str(value))[0] == name:
                return path
    return (*_SETTINGS, name)


def _served(service: Service, name: str) -> Served:
    server = _server(service)
    if server is None:
        return Served(name)
    told = server.told(service).get(name)
    answer: Any = ABSENT
    raw: Any = ABSENT
    for path, value in service.under(*_SETTINGS).items():
        original = ".".join(map(str, path[2:]))
        own, text = server.seen(original, str(value))
        if own == name:
            answer, raw = text, value
    return Served(name, told.value if told else ABSENT, told.path if told else (), answer, raw)


def _verdict(
    comparison: Comparison,
    asked: _Asked,
    told: tuple[Layered, Layered],
    sides: tuple[Environment, Environment],
) -> Verdict:
    """What the comparison made of it: over the layers that both sides have."""
    if None in asked.services:
        return Verdict("not-compared", "one side has no such service")
    differences, hazy = (
        [each for each in group if _concerns(each, asked)]
        for group in (comparison.differences, (*comparison.unknown, *comparison.unspoken))
    )
    if asked.server:
        return _of_server(told)
    pair = comparison.pair(asked.name)
    settings = (pair.left.settings, pair.right.settings) if pair else ({}, {})
    first = next(
        (p for p in asked.paths if any(value_at(s, p) is not ABSENT for s in settings)), ()
    )
    values = [value_at(each, first) if first else ABSENT for each in settings]
    own = [each for each in differences if each.path[:1] == first[:1]] or differences
    if own:
        shown = own[0]
        how = comparator(shown.path, shown.left, shown.right)
        at = "" if shown.path == asked.path else f" ({show(shown.path)})"
        return Verdict("differs", how + at)
    alike = ABSENT not in values and relation(*values) == "same"
    if hazy and not alike:
        spoken = any(each in comparison.unknown for each in hazy)
        why = _hidden(hazy[0]) if spoken else "one notation has no words for it"
        return Verdict("unknown", why)
    if not first:
        return _nothing(asked, sides)
    return Verdict("equal", comparator(first, *values))


def _hidden(difference: Difference) -> str:
    """Why two secrets cannot be compared."""
    kinds = {getattr(each, "kind", "") for each in (difference.left, difference.right)}
    if UNKNOWN in kinds or kinds == {""}:
        return "a value is not known here"
    return "the secrets have one shape, and no fingerprints that could tell"


def _of_server(told: tuple[Layered, Layered]) -> Verdict:
    """Of the layer that both sides have: what they answered, else what they were told."""
    for layer in (Layer.DATABASE, Layer.FILESYSTEM, Layer.DECLARED):
        values = [
            [word.value for word in each.words if word.layer is layer and word.value is not ABSENT]
            for each in told
        ]
        if all(values):
            same = values[0][-1] == values[1][-1]
            words = {
                Layer.DATABASE: "by the servers' own answers",
                Layer.DECLARED: "by what they are told",
            }
            how = f"{words.get(layer, 'by their files')}, in the server's units"
            return Verdict("equal" if same else "differs", how)
    if any(each.value is not ABSENT for each in told):
        return Verdict("not-compared", "only one side says it: --layers database asks the servers")
    return Verdict("not-compared", "neither side says it")


def _nothing(asked: _Asked, sides: tuple[Environment, Environment]) -> Verdict:
    layer = ROOTS.get(str(asked.path[0]))
    missing = [each.name for each in sides if layer and layer not in each.layers]
    if missing:
        return Verdict("not-compared", f"{layer} of {' and '.join(missing)} was not read")
    one_sided = any(value_at(s.settings, asked.path) is not ABSENT for s in asked.services if s)
    if one_sided:
        return Verdict("not-compared", "one side could not be asked")
    return Verdict("equal", "as unset on both sides")


def _concerns(difference: Difference, asked: _Asked) -> bool:
    if difference.service != asked.name or not difference.path:
        return False
    return any(_related(difference.path, path) for path in asked.paths)


def _related(one: Path, other: Path) -> bool:
    """Whether a path is the other, or above or below it."""
    length = min(len(one), len(other))
    return bool(length) and one[:length] == other[:length]


def _speaks(finding: Finding, asked: _Asked) -> bool:
    """Whether a finding names the setting, or something above or below it."""
    for place in finding.places:
        try:
            service, *path = parse(place.setting.removeprefix("services."))
        except ValueError:
            continue
        if service != asked.name or not path or place.setting.startswith("waivers."):
            continue
        if asked.server:
            # A command tells a server many things.
            if asked.server in finding.message or tuple(path) == asked.path:
                return True
        elif any(_related(tuple(path), each) for each in asked.paths):
            return True
    return False


def _unable(report: Report, asked: _Asked) -> Iterator[NotChecked]:
    """Rules made for this very setting that could not look."""
    for each in report.not_checked:
        rule = catalogue().find(each.rule)
        patterns = rule.paths if rule else ()
        if any(covers(pattern, path) for pattern in patterns for path in asked.paths):
            yield each
