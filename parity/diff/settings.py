"""A service of the Compose document as settings: normalised values by path.

| path | value |
| --- | --- |
| `image.repository`, `.tag`, `.digest` | text; Docker Hub's long names shortened |
| `command`, `entrypoint` | tuple of words |
| `environment.NAME` | text, byte for byte |
| `ports.8080/tcp.published`, `.host_ip` | text |
| `volumes./data.type`, `.source` (binds), `.read_only`, `.content` (bound text files) | |
| `tmpfs./tmp.size` (bytes), `.mode` | |
| `configs./target.content`, `.mode`; `secrets./run/secrets/x.mode` | |
| `deploy.resources.limits.memory` (bytes), `.cpus` (cores), `.pids`; `deploy.resources.reservations.*` | |
| `deploy.replicas`; `restart` (`no`, `always`, `on-failure`, `on-failure:3`, `unless-stopped`) | |
| `ulimits.nofile.soft`, `.hard` | number |
| `sysctls.NAME`; `cap_add`, `cap_drop`, `security_opt`, `group_add`, `dns` | text; sorted tuple |
| `healthcheck.test` (tuple of words), `.interval`, `.timeout`, `.start_period` (seconds), `.retries` | |
| `depends_on.NAME.condition`; `networks.NAME.member`, `.aliases`; `extra_hosts.NAME` | |
| `image-config.platform` and other facts, below their layer's root (model/facts.py) | |
| `stop_grace_period` (seconds), `shm_size` (bytes), `read_only`, `privileged`, `init`, `user`, … | |

The older fields `mem_limit`, `cpus`, `pids_limit`, `mem_reservation` and `scale` are the same settings as
those below `deploy`, and are found there.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any

from parity.diff import fields
from parity.diff.effective import MERGED
from parity.diff.units import seconds, size
from parity.model.document import Document, Path
from parity.model.facts import EXTENSION, FACTS, UNREAD

_LIMIT = ("deploy", "resources", "limits")
_RESERVED = ("deploy", "resources", "reservations")

_FIELDS: Mapping[str, Callable[[Any], fields.Settings]] = {
    "image": fields.image,
    "command": fields.words,
    "entrypoint": fields.words,
    "ports": fields.ports,
    "expose": fields.expose,
    "volumes": fields.volumes,
    "tmpfs": fields.tmpfs,
    "configs": fields.files("/"),
    "secrets": fields.files("/run/secrets/"),
    "ulimits": fields.ulimits,
    "healthcheck": fields.healthcheck,
    "deploy": fields.deploy,
    "networks": fields.networks,
    "depends_on": fields.depends_on,
    "extra_hosts": fields.hosts,
    "build": fields.build,
    "security_opt": fields.security,
    **dict.fromkeys(
        ("group_add", "dns", "dns_search", "dns_opt"),
        fields.as_set,
    ),
    "cap_add": fields.capabilities,
    "cap_drop": fields.capabilities,
    "user": fields.user,
    "stop_signal": fields.stop_signal,
    "working_dir": fields.folder,
    "platform": fields.platform,
}
_RENAMED: Mapping[str, tuple[Path, Callable[[Any], Any]]] = {
    "mem_limit": ((*_LIMIT, "memory"), size),
    "mem_reservation": ((*_RESERVED, "memory"), size),
    "cpus": ((*_LIMIT, "cpus"), lambda v: fields.resource("cpus", v)),
    "pids_limit": ((*_LIMIT, "pids"), lambda v: fields.resource("pids", v)),
    "scale": (("deploy", "replicas"), lambda v: v),
}
_SIZES = frozenset({"shm_size", "memswap_limit"})
_TIMES = frozenset({"stop_grace_period"})
_IGNORED = frozenset({"develop", "profiles", "attach", "env_file", "extends"})
"""What has no effect on a running service, or is resolved already."""
_CONDITIONS = {"none": "no", "on-failure": "on-failure", "any": "always"}
_RESTART = ("deploy", "restart_policy")


def flatten(service: Document) -> dict[Path, Any]:
    """The settings of one service. Unknown fields are kept as they are."""
    settings: dict[Path, Any] = {}
    for key, value in service.items():
        if value is None or key in _IGNORED or (key.startswith("x-") and key != "x-parity"):
            continue
        normalise = _FIELDS.get(key)
        if key in _OWN_PATHS:
            settings.update(_OWN_PATHS[key](value))
        elif normalise is not None:
            for path, leaf in normalise(value):
                settings[key, *path] = leaf
        elif key in _RENAMED:
            path, convert = _RENAMED[key]
            settings.setdefault(path, convert(value))
        elif key in _SIZES:
            settings[key,] = size(value)
        elif key in _TIMES:
            settings[key,] = seconds(value)
        else:
            for path, leaf in fields.plain(value):
                settings[key, *path] = leaf
    _restart(settings)
    return settings


def _extension(value: Any) -> Iterable[tuple[Path, Any]]:
    """What only parity's extension says; facts stand below their layer's root, without it."""
    table = value if isinstance(value, Mapping) else {}
    rest = {name: each for name, each in table.items() if name not in (FACTS, UNREAD)}
    if rest:
        yield from (((EXTENSION, *path), leaf) for path, leaf in fields.plain(rest))
    for root, told in (table.get(FACTS) or {}).items():
        merged = MERGED.get(root, ())
        own = {name: each for name, each in told.items() if name not in merged}
        if own:
            yield from (((root, *path), leaf) for path, leaf in fields.plain(own))


def _variables(value: Any) -> Iterable[tuple[Path, Any]]:
    """Most settings are variables, and services share most of their names: so they do the paths."""
    told = fields.environment(value)
    return zip(map(_variable, told), told.values(), strict=True)


_OWN_PATHS: Mapping[str, Callable[[Any], Iterable[tuple[Path, Any]]]] = {
    "environment": _variables,
    EXTENSION: _extension,
}


@lru_cache(maxsize=65536)
def _variable(name: str) -> Path:
    return ("environment", name)


def _restart(settings: dict[Path, Any]) -> None:
    """Swarm's restart policy is the same setting as `restart`, in other words."""
    condition = settings.pop((*_RESTART, "condition"), None)
    attempts = settings.pop((*_RESTART, "max_attempts"), None)
    if condition is not None and ("restart",) not in settings:
        text = _CONDITIONS.get(str(condition), str(condition))
        settings["restart",] = f"{text}:{attempts}" if attempts and text == "on-failure" else text
    if settings.get(("restart",)) in (False, ""):
        settings["restart",] = "no"


def add_contents(settings: dict[Path, Any], document: Document) -> None:
    """Give config files their content, which stands at the top of the document."""
    known = document.get("configs") or {}
    for path in [p for p in settings if p[0] == "configs" and p[-1] == "source"]:
        config = known.get(settings.pop(path)) or {}
        settings[(*path[:-1], "content")] = config.get("content", "(content not known here)")
    for path in [p for p in settings if p[0] == "secrets" and p[-1] == "source"]:
        # A secret's name is its identity in one notation; its target is what the program reads.
        settings[path[:-1]] = "mounted"
        del settings[path]


_USUAL = ("local", "bridge", "default", False)
"""Drivers and switches of networks and volumes that are in effect where nothing is written."""


def of_document(document: Document) -> dict[Path, Any]:
    """Settings of the whole environment: networks, volumes and ingress rules, where they say more than
    their names.
    """
    settings: dict[Path, Any] = {}
    for kind in ("networks", "volumes"):
        for name, body in (document.get(kind) or {}).items():
            for path, leaf in fields.plain(body or {}):
                if path and path[0] not in ("name", "labels", "external") and leaf not in _USUAL:
                    settings[(kind, name, *path)] = leaf
    rules = (document.get("x-parity") or {}).get("ingress")
    for rule in rules if isinstance(rules, list) else ():
        key = f"{rule.get('host') or '*'}{rule.get('path') or '/'}"
        settings["ingress", key] = f"{rule.get('service')}:{rule.get('port')}"
        for name, value in (rule.get("annotations") or {}).items():
            settings["ingress", key, "annotations", name] = value
    return settings
