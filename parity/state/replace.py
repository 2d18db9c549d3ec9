"""Put a state in the place of a stack's data: only what holds data, and what hangs on it, is replaced."""

from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from parity.engine import recreate
from parity.engine.client import translated
from parity.engine.execute import in_parallel
from parity.model.progress import Progress, Step
from parity.model.stack import GATEWAY
from parity.model.state import State
from parity.stack import labels
from parity.state import launch, live
from parity.state.backends.contract import Backend
from parity.state.inspected import namespace, number, service
from parity.state.lying import Lying
from parity.state.store import Store
from parity.state.unchanged import marks, unchanged
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient

_DEPENDS_ON = "com.docker.compose.depends_on"


@dataclass(frozen=True)
class Replacing:
    """A stack's containers as the engine describes them, and the volumes with its data.

    `empty` are services whose data is in memory alone: made again, they begin with nothing.
    """

    stack: str
    attrs: Sequence[Mapping[str, Any]]
    volumes: Sequence[DataVolume]
    marks: Mapping[str, str]
    """Labels of ownership for volumes."""
    live: Mapping[str, Lying] = field(default_factory=dict)
    """Directory of a store by volume name, for volumes that are one."""
    empty: Collection[str] = ()
    checks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Health checks by service, for containers that have none of their own: a fork's."""
    known: Mapping[str, str] = field(default_factory=dict)
    """Marks by container id, kept at the last reset: who says the same now was not written to."""
    dead: Collection[str] = ()
    """Services that should run and do not: made again, whether they hold data or not."""
    done: Collection[str] = ()
    """Jobs that need not run, though they did not: the state holds what they do."""
    partial: bool = False
    """Whether it may have some of the services only, and then fewer volumes than the state: a fork."""
    begin: bool = True
    """Whether those that ran are started again, and seen to be ready."""


@dataclass(frozen=True)
class Replaced:
    """The services that were made again, those that were not written to, and marks for the next time."""

    services: tuple[str, ...]
    left: tuple[str, ...]
    marks: Mapping[str, str]


def replace(
    client: "DockerClient",
    store: Store,
    backend: Backend,
    what: Replacing,
    state: State,
    progress: Progress,
) -> Replaced:
    """Bring the stack's data to `state`. What stands on it still, by its own word, is left alone."""
    among = {service(one) for one in what.attrs} if what.partial else None
    places = live.wanted(what.volumes, state, among)
    left = unchanged(client, what.attrs, what.volumes, what.known, live.standing(what.stack, state))
    services = stale(what, left)
    volumes = [v for v in what.volumes if services & set(v.services)]
    places = {v.key: places[v.key] for v in volumes}
    attrs = [one for one in what.attrs if service(one) in services]
    ended = {one["Id"] for one in attrs if _ended(one) and service(one) not in what.dead}
    with ThreadPoolExecutor(max_workers=1) as pool:
        # The new data is made while the old services end.
        fresh = pool.submit(live.derive, store, backend, state, places)
        in_parallel(lambda one: _end(client, what.stack, one), attrs)
        options = fresh.result()
    live.swap(client, what.stack, volumes, options, state, what.marks)
    before = [what.live[v.name] for v in volumes if v.name in what.live]
    with ThreadPoolExecutor(max_workers=1) as pool:
        # The old data goes while the new services boot.
        gone = pool.submit(live.leave, store, before)
        made = _make(client, attrs, what, state, ended)
        if what.begin:
            _start(client, made, what, ended, progress)
        gone.result()
    found = {one["Id"]: one for one in attrs if one["Id"] not in ended}
    now = {made[old]: found[old] for old in made if old in found} if what.begin else {}
    kept = {
        one["Id"]: what.known[one["Id"]] for one in what.attrs if service(one) in left - services
    }
    return Replaced(
        tuple(sorted(services)), tuple(sorted(left - services)), {**kept, **marks(client, now)}
    )


def stale(what: Replacing, left: Collection[str]) -> set[str]:
    """The services to make again: `left` are not, unless they share something with one that is."""
    stateful = {s for v in what.volumes for s in v.services} | {*what.empty}
    found = affected(what.attrs, stateful - set(left)) | {*what.done, *what.dead}
    while True:
        shared = {s for v in what.volumes if found & set(v.services) for s in v.services}
        more = affected(what.attrs, found | shared)
        if more == found:
            return found
        found = more


def affected(attrs: Sequence[Mapping[str, Any]], stateful: Collection[str]) -> set[str]:
    """The services to replace: those with data, those in their network, those that say `restart: true`."""
    found = set(stateful)
    ids = {one["Id"]: service(one) for one in attrs}
    while True:
        more = {
            service(one)
            for one in attrs
            if ids.get(namespace(one)) in found or found & _restarts_with(one)
        } - found
        if not more:
            return found
        found |= more


def _restarts_with(attrs: Mapping[str, Any]) -> set[str]:
    """What a service depends on and is restarted with, as Compose writes it down."""
    text = (attrs["Config"].get("Labels") or {}).get(_DEPENDS_ON, "")
    rows = [row.split(":") for row in text.split(",") if row]
    return {row[0] for row in rows if row[2:3] == ["true"]}


def _ended(attrs: Mapping[str, Any]) -> bool:
    """A job that has done its work: what it did is in the data."""
    if attrs["State"]["Status"] == "created":
        return labels.DONE in (attrs["Config"].get("Labels") or {})
    return not attrs["State"]["Running"] and attrs["State"]["ExitCode"] == 0


def _end(client: "DockerClient", stack: str, attrs: Mapping[str, Any]) -> None:
    """Its data goes anyway, so nobody is asked to stop nicely."""
    from docker.errors import NotFound

    api: Any = client.api
    if (attrs["Config"].get("Labels") or {}).get(labels.STACK) != stack:
        return
    with translated():
        try:
            api.remove_container(attrs["Id"], v=True, force=True)
        except NotFound:
            return


def _make(
    client: "DockerClient",
    attrs: Sequence[Mapping[str, Any]],
    what: Replacing,
    state: State,
    ended: Collection[str],
) -> dict[str, str]:
    """New ids by old ids; those whose network another one has are made after that one."""
    targets = live.targets(what.volumes, what.stack)
    made: dict[str, str] = {}

    def one(found: Mapping[str, Any]) -> None:
        changes = recreate.Changes(
            volumes=targets.get((service(found), number(found)), {}),
            namespace=made.get(namespace(found), ""),
            same_address=True,
            labels={
                labels.DONE: state.id
                if found["Id"] in ended or service(found) in what.done
                else None
            },
        )
        name = str(found["Name"]).lstrip("/")
        made[found["Id"]] = recreate.create(client, name, recreate.body(found, changes))

    old = {found["Id"] for found in attrs}
    in_parallel(one, [found for found in attrs if namespace(found) not in old])
    in_parallel(one, [found for found in attrs if namespace(found) in old])
    return made


def _start(
    client: "DockerClient",
    made: Mapping[str, str],
    what: Replacing,
    ended: Collection[str],
    progress: Progress,
) -> None:
    gateway = next((a["Id"] for a in what.attrs if service(a) == GATEWAY), "")
    found = {attrs["Id"]: attrs for attrs in what.attrs}

    def one(old: str) -> None:
        attrs = found[old]
        if old in ended or attrs["State"]["Status"] == "created":
            return
        launch.begin(client, made[old], service(attrs))
        check = what.checks.get(service(attrs), ())
        launch.ready(client, attrs, gateway, container=made[old], check=check)
        progress(Step(service(attrs), "ready with the state's data", "done"))

    owners = [old for old in made if namespace(found[old]) not in made]
    in_parallel(one, owners)
    in_parallel(one, [old for old in made if old not in owners])
