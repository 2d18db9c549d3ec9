"""`parity gc`: what commands that were killed have left goes, and with leave stacks without a worktree.

Start states stay: they are the project's, whichever worktree they were saved in.
"""

import shutil
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.actions.abandoned import Abandoned, abandoned
from parity.actions.gc_images import old_images
from parity.actions.gc_images import remove as remove_image
from parity.actions.gc_orphans import Orphan, orphans, sizes
from parity.actions.gc_orphans import remove as remove_orphan
from parity.engine import observe
from parity.engine.client import connect, translated
from parity.engine.images import ensure_gateway, gateway_tag
from parity.model.progress import Progress, Step
from parity.model.project import Project
from parity.paths import ProjectPaths
from parity.stack import labels
from parity.state import forks, heal, lost
from parity.state.store import PLAIN, Store, open_store

if TYPE_CHECKING:
    from docker import DockerClient

_PATIENCE = 10.0
"""Seconds to wait for others who work on the store."""
_LOOKS = 3
"""How often to look for forks: the engine may still make what a killed command has asked for."""
_LATELY = 3600.0
"""Seconds after its start for which a keeper of another version may be somebody's."""


@dataclass(frozen=True)
class Rubbish:
    """One thing that goes, and why."""

    kind: str
    name: str
    why: str


@dataclass(frozen=True)
class GcResult:
    """What went, or would go; bytes that came free. `busy`: others were at work, some of it stays."""

    removed: tuple[Rubbish, ...]
    freed: int
    busy: bool


@dataclass(frozen=True)
class Left:
    """Stacks whose worktree is gone, or of which that cannot be said; bytes by volume where known."""

    orphans: tuple[Orphan, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)

    @property
    def gone(self) -> tuple[Orphan, ...]:
        """Those that may go."""
        return tuple(one for one in self.orphans if one.gone)


def left(project: Project, progress: Progress, names: Collection[str] = ()) -> Left:
    """Look for stacks without a worktree, of any project; `names` are those that are meant."""
    found = orphans(names)
    if not found:
        return Left(())
    return Left(found, sizes(_stores(connect(), project, progress), found))


def end(project: Project, which: Collection[Orphan], progress: Progress) -> tuple[Orphan, ...]:
    """Take stacks away, with all data; those that went. One whose worktree is back stays."""
    client = connect()
    stores = _stores(client, project, progress)
    # Where there is no store, no volume is a directory of one, and none is asked for anything.
    store = stores[0] if stores else Store(client, "", PLAIN, "", "")
    return tuple(one for one in which if remove_orphan(client, store, one, progress))


def _stores(client: "DockerClient", project: Project, progress: Progress) -> list[Store]:
    names = lost.stores()
    if not names:
        return []
    base = project.local.gateway_base
    image = gateway_tag(base)
    ensure_gateway(client, image, base, progress)
    return [open_store(client, image, name) for name in names]


def gc(project: Project, progress: Progress, *, dry_run: bool = False) -> GcResult:
    """Look through the engine, whoever's project it is; sealed states are never touched."""
    client = connect()
    stores = _stores(client, project, progress)
    found: list[Rubbish] = []
    freed, busy = 0, False
    for _ in range(_LOOKS):
        gone = abandoned()
        found += [Rubbish("fork", one.stack, one.why) for one in gone]
        if dry_run or not gone:
            break
        for one in gone:
            _end(client, stores[0] if stores else Store(client, "", PLAIN, "", ""), one)
    for store in stores:
        garbage = heal.look(store)
        found += _told(store, garbage)
        if garbage.lost and not dry_run:
            heal.tell(lost.found_again(store), progress)
        if not dry_run and not garbage.empty:
            progress(Step("store", f"removing what nobody needs from {store.volume}"))
            got = heal.sweep(client, store, garbage, patience=_PATIENCE)
            freed, busy = freed + (got or 0), busy or got is None
    today = gateway_tag(project.local.gateway_base)
    found += _of_other_versions(client, stores, today, dry_run=dry_run)
    return GcResult(tuple(dict.fromkeys(found)), freed, busy)


def _of_other_versions(
    client: "DockerClient", stores: list[Store], today: str, *, dry_run: bool
) -> Iterator[Rubbish]:
    for keeper in _old_keepers(client, stores):
        if not dry_run:
            _remove(client, keeper)
        yield Rubbish("keeper", keeper, "is of another version, and idle")
    for image in old_images(today):
        if not dry_run:
            remove_image(client, image)
        yield Rubbish("image", image.name, "is more than a week old, and no container uses it")


def _told(store: Store, garbage: heal.Garbage) -> Iterator[Rubbish]:
    for place in garbage.places:
        kind = {"states": "unfinished state", "live": "data"}.get(place.partition("/")[0], "trial")
        yield Rubbish(kind, f"{store.volume}:{place}", "whoever made it is gone")
    for name in garbage.helpers.values():
        yield Rubbish("container", name, "the command it worked for is gone")
    for name in garbage.volumes:
        yield Rubbish("volume", name, "the command it was made for is gone")
    if garbage.aside:
        text = f"{garbage.aside} directories were not finished, or not removed to the end"
        yield Rubbish("data", f"{store.volume}:trash", text)


def _end(client: "DockerClient", store: Store, one: Abandoned) -> None:
    """Its directories in other stores are nobody's then, and found as such."""
    forks.remove(client, store, one.stack)
    shutil.rmtree(ProjectPaths(Path(one.worktree)).stack(one.stack).folder, ignore_errors=True)


def _old_keepers(client: "DockerClient", stores: list[Store]) -> list[str]:
    """Names of keepers that are not today's; one in which an agent works is left."""
    today = {store.keeper for store in stores}
    api: Any = client.api
    old = []
    for container in observe.containers(f"{labels.ROLE}={labels.STORE}"):
        if container.id not in today:
            with translated():
                attrs = api.inspect_container(container.id)
            old += [container.name] if _idle(attrs) else []
    return old


def _idle(attrs: Mapping[str, Any]) -> bool:
    """Whether nobody asks it now, nor is likely to: another version may be in use beside this one."""
    if not attrs["State"]["Running"]:
        return True
    # The engine writes nine digits after the second; the first six are enough.
    began = datetime.fromisoformat(attrs["State"]["StartedAt"][:19] + "+00:00")
    old = (datetime.now(UTC) - began).total_seconds() > _LATELY
    return old and not attrs.get("ExecIDs")


def _remove(client: "DockerClient", name: str) -> None:
    from docker.errors import NotFound

    api: Any = client.api
    with translated():
        try:
            api.remove_container(name, force=True)
        except NotFound:
            return
