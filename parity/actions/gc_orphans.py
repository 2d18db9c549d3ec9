"""Stacks whose worktree is gone: what the engine has of them, and its removal."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from parity.actions.worktrees import Judgement, Standing, judge
from parity.engine import observe
from parity.engine.client import translated
from parity.engine.disk import volume_sizes
from parity.errors import UsageError
from parity.model.progress import Progress, Step
from parity.stack import labels
from parity.state import forks, leases
from parity.state.lying import Lying, all_lying
from parity.state.store import Store

if TYPE_CHECKING:
    from docker import DockerClient

_BUILT_FOR = "com.docker.compose.project"


@dataclass(frozen=True)
class Orphan:
    """A stack with its forks, and everything that it has on the engine."""

    stack: str
    project: str
    worktree: str
    there: Judgement
    forks: tuple[str, ...] = ()
    """Names of the forks' stacks."""
    containers: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()
    volumes: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    """Built for it, and used by nothing else."""
    places: Mapping[str, Lying] = field(default_factory=dict)
    """By volume, the directory of a store that it is."""
    busy: str = ""
    """Who works with it still."""

    @property
    def gone(self) -> bool:
        """Whether it may go."""
        return self.there.standing == Standing.GONE and not self.busy


@dataclass(frozen=True)
class _Thing:
    kind: str
    name: str
    labels: Mapping[str, str]


def orphans(names: Collection[str] = ()) -> tuple[Orphan, ...]:
    """Stacks whose worktree is gone, or of which that cannot be said; with `names`, these alone.

    UsageError where a named one is not on the engine, or its worktree is there.
    """
    volumes = _volumes()
    families: dict[str, list[_Thing]] = defaultdict(list)
    for thing in (*_containers(), *_networks(), *_of_volumes(volumes)):
        families[thing.labels.get(labels.ORIGIN) or thing.labels[labels.STACK]].append(thing)
    lying = all_lying(volumes)
    found = [_orphan(name, things, lying) for name, things in sorted(families.items())]
    _refuse(names, found)
    return tuple(
        one
        for one in found
        if one.there.standing != Standing.HERE and (not names or one.stack in names)
    )


def _refuse(names: Collection[str], found: Iterable[Orphan]) -> None:
    known = {one.stack: one for one in found}
    for name in names:
        if name not in known:
            raise UsageError(
                f"there is no stack {name} on this engine", next_step="`parity ls` lists them"
            )
        if known[name].there.standing == Standing.HERE:
            raise UsageError(
                f"the worktree of {name} is there: {known[name].worktree}",
                next_step="`parity down --volumes` in it removes the stack",
            )


def _orphan(name: str, things: Iterable[_Thing], lying: Mapping[str, Lying]) -> Orphan:
    by_kind: dict[str, list[str]] = defaultdict(list)
    worktrees: dict[str, Judgement] = {}
    stacks, project, busy = set(), "", ""
    for thing in things:
        by_kind[thing.kind].append(thing.name)
        place = thing.labels.get(labels.WORKTREE, "")
        worktrees.setdefault(place, judge(place))
        stacks.add(thing.labels[labels.STACK])
        project = thing.labels.get(labels.PROJECT, project)
        busy = busy or _user(thing.labels)
    # A name may have been given to stacks of several worktrees: the one that is there has it.
    order = (Standing.HERE, Standing.UNKNOWN, Standing.GONE)
    worktree = min(worktrees, key=lambda place: order.index(worktrees[place].standing))
    return Orphan(
        stack=name,
        project=project,
        worktree=worktree,
        there=worktrees[worktree],
        forks=tuple(sorted(stacks - {name})),
        containers=tuple(sorted(by_kind["container"])),
        networks=tuple(sorted(by_kind["network"])),
        volumes=tuple(sorted(by_kind["volume"])),
        images=_images(name) if worktrees[worktree].standing != Standing.HERE else (),
        places={one: lying[one] for one in sorted(by_kind["volume"]) if one in lying},
        busy=busy,
    )


def _user(mine: Mapping[str, str]) -> str:
    lease = leases.read(mine.get(labels.LEASE, ""))
    if lease is None or not leases.alive(lease):
        return ""
    return f"process {lease.pid} on {leases.machine(lease)}"


def remove(client: "DockerClient", store: Store, one: Orphan, progress: Progress) -> bool:
    """Take a stack away with all it has; whether it went: its worktree may have come back meanwhile."""
    again = next((other for other in orphans() if other.stack == one.stack), None)
    if again is None or (again.there.standing, again.busy) != (one.there.standing, one.busy):
        return False
    for stack in (*again.forks, again.stack):
        forks.remove(client, store, stack)
    for image in again.images:
        _remove_image(client, image)
    progress(Step(one.stack, "removed", "done"))
    return True


def sizes(stores: Iterable[Store], found: Collection[Orphan]) -> dict[str, int]:
    """Bytes by volume, as far as engine and stores can tell. Of a copy, what it shares with nothing."""
    places = {(at.store, at.place): name for one in found for name, at in one.places.items()}
    named = {name for one in found for name in one.volumes} - set(places.values())
    taken = {name: size for name, size in volume_sizes().items() if name in named} if named else {}
    for store in stores:
        paths = [place for volume, place in places if volume == store.volume]
        told = store.run("sizes", paths=paths) if paths else {}
        taken |= {places[store.volume, path]: int(size["own"]) for path, size in told.items()}
    return taken


def _containers() -> list[_Thing]:
    return [_Thing("container", c.name, c.labels) for c in observe.containers(labels.STACK)]


def _networks() -> list[_Thing]:
    rows = observe.get(f"/networks?filters={_with(labels.STACK)}") or []
    return [_Thing("network", str(row["Name"]), row.get("Labels") or {}) for row in rows]


def _volumes() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        observe.get(f"/volumes?filters={_with(labels.STACK)}").get("Volumes") or []
    )
    return rows


def _of_volumes(rows: Iterable[Mapping[str, Any]]) -> list[_Thing]:
    return [_Thing("volume", str(row["Name"]), row.get("Labels") or {}) for row in rows]


def _images(stack: str) -> tuple[str, ...]:
    """Images that Docker Compose has built for a stack, under the names that parity gives them."""
    rows = observe.get(f"/images/json?filters={_with(f'{_BUILT_FOR}={stack}')}") or []
    tags = (tag for row in rows for tag in row.get("RepoTags") or ())
    return tuple(sorted(tag for tag in tags if tag.startswith(f"parity-build/{stack}-")))


def _with(label: str) -> str:
    return quote(json.dumps({"label": [label]}))


def _remove_image(client: "DockerClient", image: str) -> None:
    """One that somebody else uses stays."""
    from docker.errors import APIError

    api: Any = client.api
    with translated():
        try:
            api.remove_image(image)
        except APIError as error:
            if error.status_code not in (404, 409):
                raise
