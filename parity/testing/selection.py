"""Some of a definition's services, with what they need, by a Compose file laid over the others."""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from typing import Any

from parity.errors import UsageError
from parity.model.document import Document, parse
from parity.model.project import Project

_NOT_ASKED_FOR = "parity-not-asked-for"


def with_needed(services: dict[str, Document], wanted: Iterable[str]) -> frozenset[str]:
    """The services that are wanted and all that they need; UsageError for one that is not there."""
    found: set[str] = set()
    todo = list(wanted)
    for name in todo:
        if name not in services:
            raise UsageError(
                f"no service `{name}` in the definition",
                next_step=f"there are: {', '.join(sorted(services))}",
            )
    while todo:
        name = todo.pop()
        if name not in found and name in services:
            found.add(name)
            todo += _needs(services[name])
    return frozenset(found)


def _needs(service: Document) -> Iterator[str]:
    yield from service.get("depends_on") or {}
    for link in service.get("links") or []:
        yield str(link).partition(":")[0]
    for source in service.get("volumes_from") or []:
        if not str(source).startswith("container:"):
            yield str(source).partition(":")[0]
    for field in ("network_mode", "ipc", "pid"):
        value: Any = service.get(field)
        if str(value).startswith("service:"):
            yield str(value).removeprefix("service:")


def overlay(
    services: Iterable[str], kept: Collection[str], publish: Iterable[tuple[str, int]] = ()
) -> str:
    """The Compose file that puts the others into a profile which nobody activates, and publishes
    ports, given as service and container port, at free ones of this machine.
    """
    ports: dict[str, list[int]] = {}
    for service, port in publish:
        ports.setdefault(service, []).append(port)
    lines = []
    for name in services:
        if name not in kept:
            lines.append(f"  {json.dumps(name)}: {{profiles: !override [{_NOT_ASKED_FOR}]}}")
        elif name in ports:
            lines.append(
                f"  {json.dumps(name)}: {{ports: {json.dumps(list(map(str, ports[name])))}}}"
            )
    return "\n".join(["services:", *lines] if lines else ["services: {}"]) + "\n"


def without_others(project: Project, kept: Collection[str]) -> Project:
    """parity.toml without what it says of services that are left out."""
    local = replace(
        project.local,
        build=tuple(name for name in project.local.build if name in kept),
        override=tuple(t for t in project.local.override if _speaks_of(t.path, kept)),
    )
    stand_ins = {
        host: table
        for host, table in project.stand_ins.items()
        if table.compose or table.service in kept
    }
    return replace(project, local=local, stand_ins=stand_ins)


def _speaks_of(path: str, kept: Collection[str]) -> bool:
    try:
        parts = parse(path)
    except ValueError:
        return True  # parity tells what is wrong with it
    return parts[:1] != ("services",) or len(parts) == 1 or parts[1] in kept
