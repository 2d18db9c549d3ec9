"""`parity gc`: remove what commands that were killed have left. Nothing that a person made goes."""

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.actions.abandoned import Abandoned, abandoned
from parity.actions.session import Session
from parity.engine import observe
from parity.engine.client import connect, translated
from parity.engine.images import ensure_gateway, gateway_tag
from parity.model.progress import Progress, Step
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


def gc(session: Session, progress: Progress, *, dry_run: bool = False) -> GcResult:
    """Look through the engine, whoever's project it is; sealed states are never touched."""
    client = connect()
    base = session.project.local.gateway_base
    image = gateway_tag(base)
    ensure_gateway(client, image, base, progress)
    stores = [open_store(client, image, name) for name in lost.stores()]
    found: list[Rubbish] = []
    freed, busy = 0, False
    for _ in range(_LOOKS):
        gone = abandoned()
        found += [Rubbish("fork", one.stack, one.why) for one in gone]
        if dry_run or not gone:
            break
        stores = stores or [open_store(client, image, PLAIN)]
        for one in gone:
            _end(client, stores[0], one)
    for store in stores:
        garbage = heal.look(store)
        found += _told(store, garbage)
        if garbage.lost and not dry_run:
            heal.tell(lost.found_again(store), progress)
        if not dry_run and not garbage.empty:
            progress(Step("store", f"removing what nobody needs from {store.volume}"))
            got = heal.sweep(client, store, garbage, patience=_PATIENCE)
            freed, busy = freed + (got or 0), busy or got is None
    for keeper in _old_keepers(client, stores):
        found.append(Rubbish("keeper", keeper, "is of another version, and idle"))
        if not dry_run:
            _remove(client, keeper)
    return GcResult(tuple(dict.fromkeys(found)), freed, busy)


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
