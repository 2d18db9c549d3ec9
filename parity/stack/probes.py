"""Production's probes: which one tells that a container is ready, and how long it may take."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parity.model.document import Document
from parity.stack.cluster import KEY

_KINDS = ("http", "tcp", "grpc")
_PERIOD, _FAILURES, _TIMEOUT = 10.0, 3.0, 1.0


@dataclass(frozen=True)
class Probe:
    """A question to a container: a command in it (`command`), or one that the gateway asks (`asked`,
    as JSON). `timeout` and `patience` are seconds: of one answer, and until it counts as failed.
    """

    command: tuple[str, ...] = ()
    asked: str = ""
    timeout: float = _TIMEOUT
    patience: float = 0.0

    @property
    def shown(self) -> str:
        """The question in short."""
        if self.command:
            return " ".join(self.command)
        kind, fields = next(iter(json.loads(self.asked).items()))
        path = fields.get("path", "")
        return f"{kind} port {fields.get('port')}{' ' if path else ''}{path}"


def of(service: Document) -> Probe | None:
    """The probe that tells a container to be ready; None where its health check or port does.

    An orchestrator asks `readiness` for that. `startup` comes before it; `liveness` says less, but
    more than an open port.
    """
    probes: Mapping[str, Any] = (service.get(KEY) or {}).get("probes") or {}
    order = ["readiness", "startup"]
    order += [] if service.get("healthcheck") else ["liveness"]
    chosen = next((probes[kind] for kind in order if _usable(probes.get(kind))), None)
    if chosen is None:
        return None
    wait = max(map(_patience, filter(_usable, probes.values())))
    timeout = float(chosen.get("timeout_seconds") or _TIMEOUT)
    if "exec" in chosen:
        run = chosen["exec"]
        words = run.get("command") if isinstance(run, dict) else run
        return Probe(command=tuple(map(str, words or ())), timeout=timeout, patience=wait)
    kind = next(kind for kind in _KINDS if kind in chosen)
    return Probe(asked=json.dumps({kind: chosen[kind] or {}}), timeout=timeout, patience=wait)


def _usable(probe: object) -> bool:
    return isinstance(probe, dict) and any(key in probe for key in ("exec", *_KINDS))


def _patience(probe: Mapping[str, Any]) -> float:
    """Seconds until an orchestrator takes a container that never answers for failed."""
    period = float(probe.get("interval_seconds") or _PERIOD)
    failures = float(probe.get("failure_threshold") or _FAILURES)
    return float(probe.get("initial_delay_seconds") or 0) + period * failures
