"""Some of a definition's services, with what they need, by a Compose file laid over the others."""

import json
from collections.abc import Collection, Iterable, Iterator
from typing import Any

from parity.errors import UsageError
from parity.model.document import Document

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
