"""Start states and forks: frozen records, no engine."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = 1
"""Version of the manifest; a newer one is refused with its number."""


@dataclass(frozen=True)
class SavedVolume:
    """One volume of a state.

    `key` is its name in the definition, or `SERVICE/NUMBER:/target` for one without a name.
    `digest` is the sha256 of its tree (names, types, modes, owners, links, contents); `quick` is that
    of names, sizes and times alone, which a fork can be compared with in milliseconds.
    """

    key: str
    services: tuple[str, ...]
    files: int
    bytes: int
    digest: str
    quick: str


@dataclass(frozen=True)
class State:
    """A sealed set of the stack's data volumes, taken at one instant; never written again.

    `images` are image ids or digests by service, `definition` the hash of what production's
    definition said, `key` the hash of the inputs a declared state was built from, `empty` names the
    stateful services that keep nothing on a volume and so begin with nothing.
    """

    id: str
    name: str
    project: str
    digest: str
    created: str
    """ISO 8601, UTC."""
    backend: str
    volumes: tuple[SavedVolume, ...]
    images: Mapping[str, str] = field(default_factory=dict)
    definition: str = ""
    parent: str = ""
    key: str = ""
    engines: Mapping[str, str] = field(default_factory=dict)
    """Service -> what keeps its data there (postgres, mariadb, redis, rabbitmq, …)."""
    empty: tuple[str, ...] = ()
    unsettled: tuple[str, ...] = ()
    """Services whose data is as it was at the instant, not as a clean stop leaves it."""
    store: str = "parity-store"
    """Volume of the engine that its data is in."""

    @property
    def bytes(self) -> int:
        """Size of all its files."""
        return sum(volume.bytes for volume in self.volumes)

    @property
    def files(self) -> int:
        """Number of all its files."""
        return sum(volume.files for volume in self.volumes)

    def to_json(self) -> str:
        """The manifest."""
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "State":
        """Read a manifest; ValueError says what is wrong with it."""
        read: dict[str, Any] = json.loads(text)
        if not isinstance(read, dict) or read.pop("format", None) != FORMAT:
            raise ValueError("a manifest of another version of parity")
        try:
            read["volumes"] = tuple(
                SavedVolume(**{**volume, "services": tuple(volume["services"])})
                for volume in read["volumes"]
            )
            read["empty"], read["unsettled"] = tuple(read["empty"]), tuple(read["unsettled"])
            return cls(**read)
        except (KeyError, TypeError) as error:
            raise ValueError(f"not a manifest of a state: {error}") from error


@dataclass(frozen=True)
class Lease:
    """Who needs a thing: a process on a machine, by pid and start time, since pids come again."""

    host: str
    pid: int
    started: float
    """Seconds since boot, as /proc has it, or since the epoch where there is none."""

    def to_json(self) -> str:
        """As a label or a file keeps it."""
        return json.dumps(asdict(self), sort_keys=True)


@dataclass(frozen=True)
class Fork:
    """An isolated copy of the whole stack; `stack` is its name as a stack of its own.

    `ports` are (service, container port) -> host port on `host`.
    """

    name: str
    stack: str
    origin: str
    state: str
    """Id of the state it began from; empty for one that began with nothing."""
    host: str = "127.0.0.1"
    ports: Mapping[tuple[str, int], int] = field(default_factory=dict)
    created: str = ""
    lease: Lease | None = None
    paused: bool = False
    left: tuple[str, ...] = ()
    """Services that the last reset left alone: they stood on the state still, by their own word."""
