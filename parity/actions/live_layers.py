"""What is read of an environment that runs: its containers, their hosts, its databases."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from parity.errors import ParityError
from parity.model.document import get
from parity.model.environment import Environment, Place
from parity.model.facts import Facts
from parity.model.progress import Progress, Step
from parity.model.setting import Layer
from parity.model.stack import GATEWAY

if TYPE_CHECKING:
    from docker import DockerClient

LIVE: Final = frozenset({Layer.RUNNING, Layer.HOST, Layer.DATABASE})
_NOWHERE: Final = "nothing says where it runs: `project`, and `context` for another engine, in its table in parity.toml"
_NO_CONTAINER: Final = "no container of it is there"
Records = Mapping[str, Sequence[Mapping[str, Any]]]
"""Inspect records of containers by service, those that run first."""


@dataclass(frozen=True)
class Live:
    """How what runs is asked."""

    records: Callable[[Place], Records]
    """UnreachableError and EngineError where that cannot be said."""
    ask: Callable[
        [Environment, Records, Collection[Layer], Progress], Mapping[Layer, Mapping[str, Facts]]
    ]
    """The facts, by layer and service."""


def of_engine(base: str) -> Live:
    """Through Docker Engines; `base` is what a helper's image is built on where there is none."""
    return Live(_records, lambda *wanted: _ask(base, *wanted))


def read(
    environment: Environment, layers: Collection[Layer], live: Live, progress: Progress
) -> dict[Layer, dict[str, Facts]]:
    """Facts by service, of those of the layers `running`, `host` and `database` that are wanted."""
    wanted = [layer for layer in Layer if layer in LIVE and layer in layers]
    if not wanted:
        return {}
    records: Records = {}
    why = _NOWHERE
    if environment.place is not None:
        try:
            records = live.records(environment.place)
            why = _NO_CONTAINER
        except ParityError as error:
            why = str(error)
    told = live.ask(environment, records, wanted, progress) if records else {}
    services = [name for name in environment.services if name != GATEWAY]
    missing = dict.fromkeys(services, Facts(unread={"container": why}))
    found: dict[Layer, dict[str, Facts]] = {}
    for layer in wanted:
        known = told.get(layer, {})
        # That a service is no database is nothing to tell.
        others = {} if layer is Layer.DATABASE and records else missing
        found[layer] = {**others, **{name: known[name] for name in services if name in known}}
    return found


def _records(place: Place) -> Records:
    from parity.engine.inspect import records
    from parity.sources.docker_container import group_of
    from parity.stack import labels

    found: dict[str, list[Mapping[str, Any]]] = {}
    for record in records(place.context, place.project):
        mine = get(record, ("Config", "Labels")) or {}
        if mine.get(labels.ROLE, "service") != "service":
            continue  # parity's own equipment: no environment has it
        _, service = group_of(mine, str(record.get("Name") or "").lstrip("/"))
        found.setdefault(service, []).append(record)
    return {name: sorted(rows, key=_rests) for name, rows in found.items()}


def _rests(record: Mapping[str, Any]) -> tuple[bool, str]:
    return not get(record, ("State", "Running")), str(record.get("Name"))


def _ask(
    base: str,
    environment: Environment,
    records: Records,
    layers: Collection[Layer],
    progress: Progress,
) -> Mapping[Layer, Mapping[str, Facts]]:
    from parity.engine.address import named
    from parity.engine.client import connect
    from parity.state import heal

    place = environment.place
    address = named(place.context if place else "")
    client = connect(address)
    try:
        heal.dismiss(client, heal.helpers(address))
        image, why = _helper(client, base, progress)
        found: dict[Layer, Mapping[str, Facts]] = {}
        if Layer.RUNNING in layers:
            progress(Step(environment.name, "looking into its containers"))
            found[Layer.RUNNING] = _running(client, image, why, environment, records)
        if Layer.HOST in layers:
            progress(Step(environment.name, "looking at its host"))
            found[Layer.HOST] = dict.fromkeys(records, _host(client, image, why))
        if Layer.DATABASE in layers:
            found[Layer.DATABASE] = _databases(client, image, why, environment, records, progress)
        return found
    finally:
        client.close()


def _helper(client: "DockerClient", base: str, progress: Progress) -> tuple[str, str]:
    """The image of helpers, or why there is none."""
    from parity.engine.images import ensure_gateway, gateway_tag

    image = gateway_tag(base)
    try:
        ensure_gateway(client, image, base, progress)
    except ParityError as error:
        return "", f"parity's own image is not on its engine: {error}"
    return image, ""


def marks() -> dict[str, str]:
    """The labels of a helper that works for this command."""
    from parity.stack import labels
    from parity.state import leases

    return {labels.ROLE: labels.HELPER, labels.LEASE: leases.mine().to_json()}


def _running(
    client: "DockerClient", image: str, why: str, environment: Environment, records: Records
) -> dict[str, Facts]:
    """Of each service's first container that runs."""
    from parity.engine.execute import in_parallel
    from parity.engine.inside import look
    from parity.probes.inside import registry
    from parity.probes.inside.contract import Seen

    labelled = marks()

    def one(service: str) -> Facts:
        record = records[service][0]
        given = environment.services[service].get("environment") or {}
        expected = {name: str(value) for name, value in given.items() if value is not None}
        reason = why
        if image:
            try:
                seen = look(client, image, record, expected, registry.wants(record), labelled)
                return registry.read(seen)
            except ParityError as error:
                reason = str(error)
        return registry.read(Seen(record, expected), reason)

    names = [name for name in environment.services if name in records]
    return dict(zip(names, in_parallel(one, names), strict=True))


def _databases(
    client: "DockerClient",
    image: str,
    why: str,
    environment: Environment,
    records: Records,
    progress: Progress,
) -> Mapping[str, Facts]:
    """Of the services that are database servers."""
    from parity.actions import databases

    if not image:
        return dict.fromkeys(environment.services, Facts(unread={"connection": why}))
    running = {
        service: tuple(str(row["Id"]) for row in rows if get(row, ("State", "Running")))
        for service, rows in records.items()
    }
    containers = {service: ids for service, ids in running.items() if ids}
    return databases.read(environment, containers, client, image, progress)


def _host(client: "DockerClient", image: str, why: str) -> Facts:
    from parity.engine import host_facts
    from parity.probes.host import registry

    if image:
        try:
            return registry.read(host_facts.look(client, image, registry.wants(), marks()))
        except ParityError as error:
            why = str(error)
    return registry.read(host_facts.told(client), why)
