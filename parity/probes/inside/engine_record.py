"""What the engine says of a container: `image`, `restarts`, `healthy`, `log-driver`, `log-max-size`.

Source: Docker Engine API, ContainerInspect.
"""

from collections.abc import Mapping
from typing import Any

from parity.model.facts import Facts
from parity.model.setting import Layer
from parity.probes.inside.contract import Seen, Wants

LAYER = Layer.RUNNING
NAMES: tuple[str, ...] = ()


def wants(record: Mapping[str, Any]) -> Wants:
    """Nothing: the record is there."""
    del record
    return Wants()


def read(seen: Seen) -> Facts:
    """Of a container that never restarted and whose check passes, neither is told."""
    record = seen.record
    log = (record.get("HostConfig") or {}).get("LogConfig") or {}
    health = ((record.get("State") or {}).get("Health") or {}).get("Status")
    found: dict[str, Any] = {
        "image": record.get("Image"),
        "restarts": record.get("RestartCount") or None,
        "healthy": False if health == "unhealthy" else None,
        "log-driver": log.get("Type"),
        "log-max-size": (log.get("Config") or {}).get("max-size"),
    }
    return Facts({name: value for name, value in found.items() if value not in (None, "")})
