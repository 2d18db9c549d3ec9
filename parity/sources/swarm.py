"""The swarm source: stack files, read by Docker Compose, less what `docker stack deploy` ignores."""

import itertools
import re
from dataclasses import dataclass, replace
from pathlib import Path

from parity.errors import DefinitionError
from parity.model.document import Document, show
from parity.model.environment import Environment, Loss
from parity.sources import compose
from parity.sources.compose import ComposeReading
from parity.sources.contract import Request
from parity.sources.ledger import summary

SOURCE = "swarm"
_TAKEN = frozenset((
    "cap_add", "cap_drop", "command", "configs", "credential_spec", "deploy", "dns", "dns_search",
    "entrypoint", "environment", "extra_hosts", "healthcheck", "hostname", "image", "init",
    "isolation", "labels", "logging", "networks", "ports", "read_only", "secrets", "stdin_open",
    "stop_grace_period", "stop_signal", "sysctls", "tmpfs", "tty", "ulimits", "user", "volumes",
    "working_dir",
))  # fmt: skip
_IGNORED = frozenset((
    "build", "cgroup", "cgroup_parent", "container_name", "depends_on", "devices", "domainname",
    "expose", "external_links", "ipc", "links", "mac_address", "network_mode", "pid", "privileged",
    "restart", "security_opt", "shm_size", "userns_mode",
))  # fmt: skip
"""In the format, and without effect in a swarm."""
_UNKNOWN = frozenset((
    "annotations", "blkio_config", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota",
    "cpu_rt_period", "cpu_rt_runtime", "cpu_shares", "cpus", "cpuset", "device_cgroup_rules",
    "dns_opt", "gpus", "group_add", "label_file", "mem_limit", "mem_reservation", "mem_swappiness",
    "memswap_limit", "models", "oom_kill_disable", "oom_score_adj", "pids_limit", "platform",
    "post_start", "pre_stop", "profiles", "provider", "pull_policy", "runtime", "scale",
    "storage_opt", "use_api_socket", "volumes_from",
))  # fmt: skip
"""Not in the format at all."""
SILENT: frozenset[str] = _IGNORED | _UNKNOWN | {"x-parity"}

_WHY = {
    "depends_on": "docker stack deploy starts services in no order",
    "restart": "docker stack deploy ignores it; `deploy.restart_policy` decides",
    "build": "docker stack deploy builds nothing",
    "container_name": "docker stack deploy names containers itself",
    "network_mode": "docker stack deploy ignores it; the service is on the stack's networks",
}
_JOBS = ("replicated-job", "global-job")
_SIGN = re.compile(
    r"^\s+(?:placement|update_config|rollback_config|endpoint_mode):"
    r"|^\s+mode:\s*['\"]?(?:global|replicated|replicated-job|global-job)\b"
    r"|^\s+driver:\s*['\"]?overlay\b"
)


@dataclass(frozen=True)
class SwarmReading:
    """A stack file that Docker Compose is reading."""

    compose: ComposeReading
    request: Request

    def result(self) -> Environment:
        """The environment as `docker stack deploy` would make it."""
        read = self._read()
        losses = list(read.losses)
        services = {
            name: _deployed(name, service, losses) for name, service in read.services.items()
        }
        if self.request.project:
            services = _named(self.request.project, services)
        document = {**read.document, "services": services}
        return replace(read, source=SOURCE, document=document, losses=tuple(losses), silent=SILENT)

    def _read(self) -> Environment:
        try:
            return self.compose.result()
        except DefinitionError as error:
            # What a swarm ignores must not stop the reading: Compose alone cares for these.
            if not re.search(r"container_name|depends on undefined", error.message):
                raise
        read = compose.start(self.request, "--no-consistency").result()
        _check_references(read)
        return read


def recognises(path: Path) -> bool:
    """Whether it is a Compose file meant for a swarm: by its name, or by what only a swarm does."""
    if not compose.recognises(path):
        return False
    if re.search(r"(?:^|[-_.])(?:stack|swarm)(?:[-_.]|$)", path.stem):
        return True
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return any(_SIGN.match(line) for line in itertools.islice(file, 5000))
    except OSError:
        return False


def start(request: Request) -> SwarmReading:
    """Begin to read stack files; `project` is the stack's name, which its services are known by."""
    return SwarmReading(compose.start(request), request)


def _deployed(name: str, service: Document, losses: list[Loss]) -> Document:
    kept: Document = {}
    for key, value in service.items():
        if key in _TAKEN or key.startswith("x-"):
            kept[key] = value
        elif value not in (None, [], {}, "", False):
            path = ("services", name, key)
            losses.append(Loss(show(path), summary(path, value), _reason(key)))
    deploy = dict(kept.get("deploy") or {})
    if deploy.get("mode") not in _JOBS:
        # A swarm restarts whatever ends unless it is told otherwise.
        policy = {"condition": "any", **(deploy.get("restart_policy") or {})}
        kept["deploy"] = {**deploy, "restart_policy": policy}
    return kept


def _reason(key: str) -> str:
    if key in _IGNORED:
        return _WHY.get(key, "docker stack deploy ignores it")
    return "docker stack deploy refuses it: its format has no such setting"


def _named(stack: str, services: dict[str, Document]) -> dict[str, Document]:
    """The services, known on their networks as `STACK_SERVICE` too."""
    named = {}
    for name, service in services.items():
        networks = {}
        for network, table in (service.get("networks") or {}).items():
            aliases = [*((table or {}).get("aliases") or ()), f"{stack}_{name}"]
            networks[network] = {**(table or {}), "aliases": aliases}
        named[name] = {**service, "networks": networks} if networks else service
    return named


def _check_references(read: Environment) -> None:
    """Refuse networks, volumes, secrets and configs that services name and nobody defines."""
    for name, service in read.services.items():
        mounts = [each for each in service.get("volumes") or () if each["type"] == "volume"]
        used = {
            "networks": list(service.get("networks") or ()),
            "volumes": [mount.get("source") for mount in mounts],
            "secrets": [entry["source"] for entry in service.get("secrets") or ()],
            "configs": [entry["source"] for entry in service.get("configs") or ()],
        }
        for kind, wanted in used.items():
            for missing in {each for each in wanted if each} - set(read.document.get(kind) or {}):
                raise DefinitionError(
                    f"service {name} names {missing}, which is not under `{kind}`",
                    where=str(read.origins.of(("services", name, kind))),
                    next_step=f"define it under `{kind}:`",
                )
