"""What a fork is copied from: a stack's containers and networks as the engine describes them."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.engine.recreate import Attrs
from parity.model.document import Document
from parity.model.stack import GATEWAY
from parity.stack import order
from parity.state.inspected import service
from parity.state.volumes import DataVolume

_EDGE = "parity-edge"
_SETTINGS = "PARITY_GATEWAY="


@dataclass(frozen=True)
class Blueprint:
    """A stack to copy.

    `services` are the definitions it was made from; `networks` what the engine says of its networks,
    by name.
    """

    stack: str
    attrs: Sequence[Attrs]
    services: Mapping[str, Document]
    networks: Mapping[str, Attrs]
    volumes: Sequence[DataVolume]

    def graph(self) -> dict[str, dict[str, str]]:
        """Service -> what it waits for; everything after the gateway."""
        present = {service(one) for one in self.attrs}
        known = {name: body for name, body in self.services.items() if name in present}
        return order.dependencies({**{name: {} for name in present if name}, **known})

    def jobs(self) -> frozenset[str]:
        """Services that end by themselves."""
        return order.jobs(self.services) | order.awaited(self.services)

    @property
    def gateway(self) -> Attrs:
        """The gateway's container."""
        return next(one for one in self.attrs if service(one) == GATEWAY)


def with_what_they_need(
    wanted: Collection[str], graph: Mapping[str, Mapping[str, str]]
) -> frozenset[str]:
    """Services and all that they wait for."""
    found: set[str] = set()
    left = [name for name in wanted if name in graph]
    while left:
        name = left.pop()
        if name not in found:
            found.add(name)
            left += graph[name]
    return frozenset(found)


def key(network: Attrs) -> str:
    """A network's name in the definition."""
    return str((network.get("Labels") or {}).get("com.docker.compose.network", network["Name"]))


def is_edge(network: Attrs) -> bool:
    """Whether it is the ordinary one, by which published ports come in."""
    return key(network) == _EDGE


def settings(gateway: Attrs) -> dict[str, Any]:
    """What a gateway was told."""
    for line in gateway["Config"].get("Env") or []:
        if line.startswith(_SETTINGS):
            told: dict[str, Any] = json.loads(line.removeprefix(_SETTINGS))
            return told
    return {}


def environment(gateway: Attrs, told: Mapping[str, Any]) -> list[str]:
    """A gateway's environment with other settings."""
    kept = [line for line in gateway["Config"].get("Env") or [] if not line.startswith(_SETTINGS)]
    return [*kept, _SETTINGS + json.dumps(told, separators=(",", ":"))]


def ports(attrs: Attrs) -> tuple[tuple[int, str], ...]:
    """(port, protocol) that a service's container says it listens on."""
    found = [text.partition("/") for text in attrs["Config"].get("ExposedPorts") or {}]
    return tuple(sorted((int(port), protocol or "tcp") for port, _, protocol in found))
