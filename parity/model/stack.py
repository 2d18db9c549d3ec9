"""The running local copy: its identity, what it should be, what it is, and the way there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from parity.model.document import Document
from parity.model.environment import Loss
from parity.model.override import Override

GATEWAY = "parity-gateway"
"""Service name of the gateway in the resolved document."""


@dataclass(frozen=True)
class Identity:
    """Whose stack it is; written on everything that is made for it."""

    name: str
    project: str
    worktree: str


@dataclass(frozen=True)
class PublishedPort:
    """A port of a service that answers on the host. `listen` is the gateway's own inner port."""

    service: str
    target: int
    protocol: str
    host_ip: str
    host_port: int
    listen: int
    declared: str


@dataclass(frozen=True)
class Resolved:
    """What should run: the document after all overrides, and what is worth knowing about it."""

    identity: Identity
    environment: str
    document: Document
    overrides: tuple[Override, ...]
    losses: tuple[Loss, ...]
    hashes: Mapping[str, str]
    """Service -> hash of its definition, secrets and mounted files included."""
    ports: tuple[PublishedPort, ...] = ()
    hostnames: tuple[str, ...] = ()
    """Production's own host names found in the definition that nothing local answers for."""

    @property
    def services(self) -> dict[str, Document]:
        """The services that run, the gateway included."""
        services: dict[str, Document] = self.document["services"]
        return services


@dataclass(frozen=True)
class Container:
    """One container of the stack as the engine lists it."""

    id: str
    name: str
    service: str
    number: int
    state: str
    """created, running, paused, restarting, exited, dead."""
    health: str
    """healthy, unhealthy, starting, or empty where there is no check."""
    exit_code: int
    hash: str
    role: str
    image: str
    image_id: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: tuple[str, ...] = ()
    networks: tuple[str, ...] | None = None
    """Networks it is connected to that are still there; None where nobody looked."""
    created: int = 0
    """When it was made, in seconds since 1970."""


@dataclass(frozen=True)
class Network:
    """One network of the engine; `stack` and `key` (its name in the definition) where it is ours."""

    name: str
    stack: str
    key: str
    subnets: tuple[str, ...]


@dataclass(frozen=True)
class Cause:
    """Why an operation is needed: one field, before and after; or a sentence."""

    text: str
    path: str = ""


class Action(StrEnum):
    """What happens to a service."""

    CREATE = "create"
    RECREATE = "recreate"
    START = "start"
    LEAVE = "leave"
    REMOVE = "remove"


@dataclass(frozen=True)
class Operation:
    """One step of the plan, with its causes."""

    action: Action
    service: str
    causes: tuple[Cause, ...] = ()

    def explained(self) -> str:
        """The action and its causes as one line."""
        causes = [f"{c.path}: {c.text}" if c.path else c.text for c in self.causes]
        return f"{self.action.value}: {'; '.join(causes)}" if causes else self.action.value

    def as_json(self) -> dict[str, Any]:
        """The record as the machine formats print it."""
        causes = [
            {"path": c.path, "text": c.text} if c.path else {"text": c.text} for c in self.causes
        ]
        return {"service": self.service, "action": self.action.value, "causes": causes}


@dataclass(frozen=True)
class Plan:
    """All decisions of one `up`, before anything is done."""

    operations: tuple[Operation, ...]

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return all(op.action is Action.LEAVE for op in self.operations)

    @property
    def changes(self) -> tuple[Operation, ...]:
        """What is worth telling: all that is done, but for a stack that is made from nothing."""
        some = tuple(op for op in self.operations if op.action is not Action.LEAVE)
        return () if all(op.action is Action.CREATE for op in some) else some

    def services(self, *actions: Action) -> tuple[str, ...]:
        """Names of the services that get one of `actions`."""
        return tuple(op.service for op in self.operations if op.action in actions)
