"""Make and remove forks on the engine. Everything of a fork carries its labels from the first moment."""

import ipaddress
import random
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parity.engine import observe, recreate
from parity.engine.client import translated
from parity.engine.execute import in_parallel, remove_networks, remove_volumes, start_all
from parity.engine.readiness import command
from parity.engine.recreate import Attrs
from parity.errors import EngineError, StackError
from parity.model.progress import Progress, Step
from parity.model.stack import GATEWAY
from parity.model.state import State
from parity.stack import labels
from parity.stack.order import COMPLETED
from parity.state import blueprint, copying, inspected, launch, live
from parity.state.backends.contract import Backend
from parity.state.blueprint import Blueprint
from parity.state.copying import Naming
from parity.state.lying import Lying, all_lying
from parity.state.store import Store
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient

_ATTEMPTS = 20
_ROUNDS, _PAUSE_SECONDS = 5, 0.5


@dataclass(frozen=True)
class Copying:
    """One fork to make. `state` None: it begins with nothing, as the stack did at its first start.

    `services` are those to run, all that they need included.
    """

    plan: Blueprint
    stack: str
    marks: Mapping[str, str]
    state: State | None
    services: Collection[str]
    subnets: str
    """Range that its networks take a /24 each from."""
    image: str
    """What a holder runs: it only sleeps."""


@dataclass
class _Made:
    """What there is so far; filled by several threads."""

    naming: Naming
    ids: dict[str, str] = field(default_factory=dict)
    """New id by the origin's id."""
    inside: dict[str, str] = field(default_factory=dict)
    """Id of the container with the network, by the origin's id."""


def make(
    client: "DockerClient", store: Store, backend: Backend, what: Copying, progress: Progress
) -> Mapping[tuple[str, int], int]:
    """Make the fork and see it ready; its ports on the host by (service, port)."""
    attrs = copying.kept(what.plan, what.services, jobs=what.state is None)
    with ThreadPoolExecutor(max_workers=2) as pool:
        volumes = pool.submit(_volumes, client, store, backend, what, attrs)
        made = _Made(_networks(client, what))
        gateway = pool.submit(_gateway, client, what, made, attrs)
        _holders(client, what, made, attrs)
        _containers(client, what, made, attrs, volumes.result())
        door = gateway.result()
    _start(client, what, made, attrs, door, progress)
    return ports(gateway_attrs(client, door))


def _networks(client: "DockerClient", what: Copying) -> Naming:
    """Networks like the origin's; subnets that turn out to be taken are chosen anew."""
    api: Any = client.api
    chosen: dict[str, str] = {}
    for found in what.plan.networks.values():
        for _ in range(_ATTEMPTS):
            chosen[found["Name"]] = _subnet(what.subnets, chosen.values())
            naming = Naming(what.stack, what.plan.stack, what.marks, chosen)
            body = copying.network(found, naming)
            with translated():
                answer = api._post_json(api._url("/networks/create"), data=body)  # noqa: SLF001 - the SDK's own method drops options
                if answer.status_code == 403 and "overlap" in answer.text.lower():  # noqa: PLR2004
                    continue
                api._raise_for_status(answer)  # noqa: SLF001
            break
        else:
            raise EngineError(
                f"no free subnet in {what.subnets} for a network of {what.stack}",
                next_step="widen `local.subnets` in parity.toml, or end forks: `parity forks`",
            )
    return Naming(what.stack, what.plan.stack, what.marks, dict(chosen))


def _subnet(within: str, chosen: Collection[str]) -> str:
    """Any /24 that no network has now. At random: many forks may be made at the same moment."""
    taken = [ipaddress.ip_network(s, strict=False) for n in observe.networks() for s in n.subnets]
    taken += [ipaddress.ip_network(one) for one in chosen]
    pool = list(ipaddress.IPv4Network(within).subnets(new_prefix=24))
    random.shuffle(pool)
    free = (
        one for one in pool if not any(one.version == t.version and one.overlaps(t) for t in taken)
    )
    found = next(free, None)
    if found is None:
        raise EngineError(
            f"no free subnet in {within}",
            next_step="widen `local.subnets` in parity.toml, or end forks: `parity forks`",
        )
    return str(found)


def _volumes(
    client: "DockerClient", store: Store, backend: Backend, what: Copying, attrs: Sequence[Attrs]
) -> dict[tuple[str, int], dict[str, str]]:
    """Make the fork's volumes; their names by target, for each (service, number)."""
    present = {(inspected.service(one), inspected.number(one)) for one in attrs}
    needed = [v for v in what.plan.volumes if any((u.service, u.number) in present for u in v.uses)]
    names = {v.key: _volume_name(what, v) for v in needed}
    if what.state is None:
        for volume in needed:
            marks = {**what.marks, **live.compose_labels(what.stack, volume.key)}
            live.create_new(client, names[volume.key], {}, marks)
    else:
        places = live.wanted(what.plan.volumes, what.state)
        wanted = {key: place for key, place in places.items() if key in names}
        options = live.derive(store, backend, what.state, wanted)
        for key, (place, option) in options.items():
            marks = {**what.marks, **live.compose_labels(what.stack, key)}
            live.create(client, names[key], option, marks, place, what.state.id)
    found: dict[tuple[str, int], dict[str, str]] = {}
    for volume in needed:
        for use in volume.uses:
            found.setdefault((use.service, use.number), {})[use.target] = names[volume.key]
    return found


def _volume_name(what: Copying, volume: DataVolume) -> str:
    return copying.renamed(live.name_of(what.plan.stack, volume), what.plan.stack, what.stack)


def _gateway(client: "DockerClient", what: Copying, made: _Made, attrs: Sequence[Attrs]) -> str:
    """With a port for each of the services that are there: none for a job that is not run again."""
    there = {inspected.service(one) for one in attrs}
    published = [one for one in copying.published(what.plan) if one["service"] in there]
    body = copying.gateway(what.plan, made.naming, published)
    name = copying.renamed(str(what.plan.gateway["Name"]).lstrip("/"), what.plan.stack, what.stack)
    found = recreate.create(client, name, body)
    launch.begin(client, found, GATEWAY)
    return found


def _holders(client: "DockerClient", what: Copying, made: _Made, attrs: Sequence[Attrs]) -> None:
    """One for each container with data, so that a reset keeps its networks, names and addresses."""
    stateful = {service for volume in what.plan.volumes for service in volume.services}
    stateful |= set(what.state.empty) if what.state else set()

    def one(found: Attrs) -> None:
        name = f"{_name(what, found)}-net"
        holder = recreate.create(client, name, copying.holder(found, made.naming, what.image))
        launch.begin(client, holder, inspected.service(found))
        made.inside[found["Id"]] = holder

    own = [
        found
        for found in attrs
        if inspected.service(found) in stateful
        and not inspected.namespace(found)
        and found["HostConfig"].get("NetworkMode") not in ("none", "host")
    ]
    in_parallel(one, own)


def _name(what: Copying, attrs: Attrs) -> str:
    return copying.renamed(str(attrs["Name"]).lstrip("/"), what.plan.stack, what.stack)


def _containers(
    client: "DockerClient",
    what: Copying,
    made: _Made,
    attrs: Sequence[Attrs],
    volumes: Mapping[tuple[str, int], Mapping[str, str]],
) -> None:
    def one(found: Attrs) -> None:
        owner = inspected.namespace(found)
        inside = made.inside.get(found["Id"]) or made.inside.get(owner) or made.ids.get(owner, "")
        own = volumes.get((inspected.service(found), inspected.number(found)), {})
        body = copying.container(found, made.naming, own, inside=inside, fresh=what.state is None)
        made.ids[found["Id"]] = recreate.create(client, _name(what, found), body)

    ids = {found["Id"] for found in attrs}
    in_parallel(one, [found for found in attrs if inspected.namespace(found) not in ids])
    in_parallel(one, [found for found in attrs if inspected.namespace(found) in ids])


def _start(
    client: "DockerClient",
    what: Copying,
    made: _Made,
    attrs: Sequence[Attrs],
    gateway: str,
    progress: Progress,
) -> None:
    """Along the dependencies; a job that is not made again has done its work in the state."""
    by_service: dict[str, list[Attrs]] = {}
    for found in attrs:
        by_service.setdefault(inspected.service(found), []).append(found)
    graph = {
        name: {other: how for other, how in waits.items() if other in by_service}
        for name, waits in what.plan.graph().items()
        if name in by_service
    }
    jobs = what.plan.jobs()
    awaited = {
        other for waits in graph.values() for other, how in waits.items() if how == COMPLETED
    }

    def begin(name: str) -> None:
        in_parallel(
            lambda found: launch.begin(client, made.ids[found["Id"]], name), by_service[name]
        )

    def ready(name: str, stop: Callable[[], bool]) -> None:
        for found in by_service[name]:
            launch.ready(
                client,
                found,
                gateway,
                stop,
                container=made.ids[found["Id"]],
                check=command(found) or (),
                is_job=name in jobs,
                job_awaited=name in awaited,
            )
        progress(Step(name, f"ready in {what.stack}", "done"))

    start_all(graph, begin, ready, wants_ready=lambda _: True)


def gateway_attrs(client: "DockerClient", gateway: str) -> Attrs:
    """What the engine says of a fork's gateway."""
    with translated():
        found: Attrs = client.api.inspect_container(gateway)
    return found


def ports(gateway: Attrs) -> dict[tuple[str, int], int]:
    """Host ports by (service, port), from a gateway that runs. Where both protocols are there: TCP."""
    told = blueprint.settings(gateway)
    bound = gateway["NetworkSettings"].get("Ports") or {}
    found: dict[tuple[str, int], int] = {}
    for one in sorted(told.get("publish") or (), key=lambda p: p["protocol"], reverse=True):
        hosts = bound.get(f"{one['listen']}/{one['protocol']}") or ()
        if hosts:
            found[one["service"], one["port"]] = int(hosts[0]["HostPort"])
    return found


def remove(client: "DockerClient", store: Store, stack: str) -> None:
    """Take a fork away: its containers, networks, volumes and directories. Only what has its label."""
    places: dict[str, Lying] = {}
    for left in reversed(range(_ROUNDS)):
        places |= all_lying(volume.attrs for volume in _volumes_of(client, stack))
        _end(client, stack)
        try:
            with ThreadPoolExecutor(max_workers=1) as pool:
                networks = pool.submit(remove_networks, client, stack)
                remove_volumes(client, stack)
                networks.result()
            break
        except (StackError, EngineError) as error:
            # The engine makes what a killed command has asked for, and may be about to remove what
            # another command has: both are to be seen a moment later.
            others = isinstance(error, StackError) and not observe.of_stack(stack)
            if others or not left:
                raise
            time.sleep(_PAUSE_SECONDS)
    live.leave(store, places.values())


def _end(client: "DockerClient", stack: str) -> None:
    found = observe.of_stack(stack)
    in_parallel(lambda c: _kill(client, stack, c.id), [c for c in found if c.role != labels.HOLDER])
    in_parallel(lambda c: _kill(client, stack, c.id), [c for c in found if c.role == labels.HOLDER])


def _volumes_of(client: "DockerClient", stack: str) -> list[Any]:
    with translated():
        found: list[Any] = client.volumes.list(filters={"label": f"{labels.STACK}={stack}"})
    return found


def _kill(client: "DockerClient", stack: str, container: str) -> None:
    from docker.errors import APIError, NotFound

    api: Any = client.api
    with translated():
        try:
            found = api.inspect_container(container)
            if (found["Config"].get("Labels") or {}).get(labels.STACK) == stack:
                api.remove_container(container, v=True, force=True)
        except NotFound:
            return
        except APIError as error:
            if "already in progress" not in str(error.explanation or error):
                raise
