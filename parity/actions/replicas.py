"""The running containers of one service, each as an environment of its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from parity.actions.environments import place
from parity.actions.layers import with_layers
from parity.actions.live_layers import Live, of_engine
from parity.actions.matrix import FEWEST, MOST, compare_all
from parity.actions.session import local_environment
from parity.diff.many import Matrix
from parity.errors import UsageError
from parity.model.document import Document, get
from parity.model.environment import Environment, Place
from parity.model.facts import Facts, with_facts
from parity.model.progress import Progress, Step
from parity.model.project import Project
from parity.model.setting import Layer
from parity.paths import ProjectPaths

_INSIDE: Final = "--layers running looks inside"
Record = Mapping[str, Any]


def replicas(
    paths: ProjectPaths,
    project: Project,
    service: str,
    names: Sequence[str],
    progress: Progress,
    *,
    layers: frozenset[Layer] = frozenset(),
    live: Live | None = None,
) -> Matrix:
    """The containers of a service compared, of one environment or several; without a name, of the one
    that `parity up` copies.
    """
    from parity.engine.execute import in_parallel

    words = tuple(dict.fromkeys(names)) or (local_environment(project),)
    ask = live or of_engine(project.local.gateway_base)
    begun: list[tuple[str, Environment, Record]] = []
    for word in words:
        where = _place(project, word)
        progress(Step(word, f"looking for the containers of {service}"))
        records = _records(ask, where, service, word)
        begun += [(word, _environment(each, where, service, layers), each) for each in records]
    called = Counter(made.name for _, made, _ in begun)

    def whole(one: tuple[str, Environment, Record]) -> Environment:
        word, made, record = one
        if called[made.name] > 1:
            made = replace(made, name=f"{word}:{made.name}")
        # The one container stands for the service, whatever others there are.
        alone = Live(lambda _: {service: [record]}, ask.ask)
        return with_layers(made, layers, progress, live=alone)

    found = list(in_parallel(whole, begun))
    if not FEWEST <= len(found) <= MOST:
        count = "one container" if len(found) == 1 else f"{len(found)} containers"
        raise UsageError(
            f"`{service}` runs in {count}, and a matrix is of {FEWEST} to {MOST}",
            next_step="name more environments, whose containers are put beside these",
        )
    return compare_all(paths, project, found, of=service)


def _place(project: Project, word: str) -> Place:
    found = place(project, word)
    if found is None:
        raise UsageError(
            f"nothing says where the containers of {word} run",
            next_step=f"`project`, and `context` for another engine, in [environments.{word}]; "
            "or name what runs on an engine: docker:PROJECT",
        )
    return found


def _records(ask: Live, where: Place, service: str, word: str) -> list[Record]:
    records = ask.records(where)
    running = [row for row in records.get(service, ()) if get(row, ("State", "Running"))]
    if not running:
        raise UsageError(
            f"no container of a service called `{service}` runs in {word}",
            next_step=f"services there: {', '.join(sorted(records)) or 'none'}",
        )
    return running


def _environment(
    record: Record, where: Place, service: str, asked: frozenset[Layer]
) -> Environment:
    """One container, with what the engine's records of it and of its image say; layers that are asked for
    are read in full later.
    """
    from parity.sources import docker

    document, losses, _ = docker.read([record], where.project)
    name = str(record.get("Name") or record.get("Id") or "").lstrip("/")
    body: Document = next(iter(document["services"].values()), {})
    read = {Layer.DECLARED}
    for layer, facts in _facts(record, body).items():
        if layer not in asked and facts.values:
            body = with_facts(body, layer, facts)
            read.add(layer)
    return Environment(
        name,
        docker.SOURCE,
        (),
        {**document, "services": {service: body}},
        losses=losses,
        silent=docker.SILENT,
        layers=frozenset(read),
        place=where,
        origins=docker.EngineOrigins(where.context or "default", {service: name}),
    )


def _facts(record: Record, body: Mapping[str, Any]) -> dict[Layer, Facts]:
    """What needs no look inside: the image's config, and what the engine noted of the container."""
    from parity.probes import image_config
    from parity.probes.inside import registry
    from parity.probes.inside.contract import Seen

    given = body.get("environment") or {}
    expected = {name: str(value) for name, value in given.items() if value is not None}
    return {
        Layer.IMAGE: image_config.read(record.get("_Image") or {}),
        Layer.RUNNING: registry.read(Seen(record, expected), _INSIDE),
    }
