"""`parity ls`: every stack of the engine, whoever's project and worktree it is."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from parity.actions import addresses, worktrees
from parity.actions.addresses import Address
from parity.actions.worktrees import Judgement, judge
from parity.engine import observe, stats
from parity.engine.execute import in_parallel
from parity.errors import ParityError
from parity.model.stack import Container
from parity.stack import labels, plan

_ENDED_WELL = 0
_RUNNING = frozenset({"running", "paused"})


@dataclass(frozen=True)
class Counts:
    """Containers of services: those that run, of which unhealthy, that are done, and of all."""

    running: int = 0
    unhealthy: int = 0
    done: int = 0
    total: int = 0


@dataclass(frozen=True)
class Stack:
    """One stack with its forks. Without containers it is down, and only its data is there."""

    name: str
    project: str
    worktree: str
    there: Judgement
    branch: str
    services: Counts
    forks: tuple[str, ...]
    created: str
    memory: int | None
    """Bytes of its containers and its forks'; None where nobody looked, or the engine did not say."""
    addresses: tuple[Address, ...]


@dataclass(frozen=True)
class _Found:
    """What the engine has of one stack."""

    labels: Mapping[str, str]
    containers: tuple[Container, ...] = ()
    forks: Mapping[str, tuple[Container, ...]] | None = None
    made: str = ""


def ls(*, memory: bool = True) -> tuple[Stack, ...]:
    """All stacks, those of one worktree together. `memory` costs a question a container."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        volumes = pool.submit(_volumes)
        containers = observe.containers(labels.STACK)
        found = _grouped(containers, volumes.result())
    running = [one.id for one in containers if one.state in _RUNNING]
    taken = stats.memory(running) if memory else {}
    rows = in_parallel(lambda one: _stack(one, taken), list(found.values()))
    return tuple(sorted(rows, key=lambda one: (one.project, one.worktree, one.name)))


def _grouped(
    containers: Iterable[Container], volumes: Iterable[Mapping[str, Any]]
) -> dict[str, _Found]:
    own: dict[str, list[Container]] = defaultdict(list)
    forked: dict[str, dict[str, list[Container]]] = defaultdict(lambda: defaultdict(list))
    marks: dict[str, Mapping[str, str]] = {}
    made: dict[str, str] = {}
    for one in containers:
        name = _origin(one.labels)
        fork = one.labels.get(labels.FORK, "")
        (forked[name][fork] if fork else own[name]).append(one)
        if not fork or name not in marks:
            marks[name] = one.labels
    for volume in volumes:
        mine: Mapping[str, str] = volume.get("Labels") or {}
        name = _origin(mine)
        marks.setdefault(name, mine)
        made[name] = min(made.get(name, "~"), str(volume.get("CreatedAt") or "~"))
    return {
        name: _Found(
            marks[name],
            tuple(own[name]),
            {fork: tuple(some) for fork, some in forked[name].items()},
            made.get(name, "").strip("~"),
        )
        for name in marks
        if name
    }


def _origin(mine: Mapping[str, str]) -> str:
    """The stack that a thing is listed with: its own, of a fork the one it was made like."""
    return mine.get(labels.ORIGIN) or mine.get(labels.STACK, "")


def _stack(found: _Found, taken: Mapping[str, int]) -> Stack:
    mine = found.labels
    worktree = mine.get(labels.WORKTREE, "")
    forks = found.forks or {}
    everyone = [*found.containers, *(one for some in forks.values() for one in some)]
    known = [taken.get(one.id) for one in everyone if one.state in _RUNNING]
    there = judge(worktree)
    return Stack(
        name=_origin(mine),
        project=mine.get(labels.PROJECT, ""),
        worktree=worktree,
        there=there,
        branch=worktrees.branch(Path(worktree)) if there.standing == "here" else "",
        services=_counts(found.containers),
        forks=tuple(sorted(forks)),
        created=_created(found, everyone),
        memory=_sum(known),
        addresses=_addresses(found.containers, worktree),
    )


def _sum(amounts: Sequence[int | None]) -> int | None:
    """None where one is missing: half a sum is wrong."""
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if known and len(known) == len(amounts) else None


def _addresses(containers: Sequence[Container], worktree: str) -> tuple[Address, ...]:
    try:
        return addresses.of_stack(containers, Path(worktree))
    except ParityError:
        return ()  # its gateway was removed meanwhile


def _counts(containers: Iterable[Container]) -> Counts:
    found = Counts()
    for one in containers:
        if one.role != "service":
            continue
        ended = (one.state == "exited" and one.exit_code == _ENDED_WELL) or plan.is_done(one)
        found = replace(
            found,
            running=found.running + (one.state == "running"),
            unhealthy=found.unhealthy + (one.health == "unhealthy"),
            done=found.done + ended,
            total=found.total + 1,
        )
    return found


def _created(found: _Found, everyone: Sequence[Container]) -> str:
    times = [one.created for one in everyone if one.created]
    if times:
        return datetime.fromtimestamp(min(times), UTC).isoformat(timespec="seconds")
    return found.made


def _volumes() -> list[dict[str, Any]]:
    filters = quote(json.dumps({"label": [labels.STACK]}))
    found: list[dict[str, Any]] = observe.get(f"/volumes?filters={filters}").get("Volumes") or []
    return found
