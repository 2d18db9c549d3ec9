"""What rules on running containers and hosts ask: does the definition decide it, what runs in there."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from parity.diff.compare import covers
from parity.diff.view import Comparison, Service
from parity.model.difference import Difference
from parity.model.document import ABSENT, Path
from parity.model.facts import EXTENSION, FACTS

_GIVEN: Final = re.compile(
    r"^(?:KUBERNETES_\w+|\w+_SERVICE_(?:HOST|PORT(?:_\w+)?)|\w+_PORT(?:_\d+_(?:TCP|UDP)(?:_(?:ADDR|PORT|PROTO))?)?"
    r"|ECS_\w+|AWS_(?:EXECUTION_ENV|CONTAINER_\w+)|K_(?:SERVICE|REVISION|CONFIGURATION)|CLOUD_RUN_\w+|GAE_\w+"
    r"|HOSTNAME|HOME|PWD|OLDPWD|SHLVL|TERM|USER|LOGNAME|_|PATH|container|GPG_KEYS?|PYTHON_(?:VERSION|SHA256)"
    r"|(?:NODE|YARN|PHP|RUBY|GOLANG|PG|REDIS|NGINX|JAVA)_(?:VERSION|MAJOR|SHA256|URL)|PG_SHA256)$"
)
"""Variables that clusters, shells and base images give to every process."""
FAR: Final = 1.5
"""Amounts closer together than this behave alike."""
_ZONE = ("environment.TZ", "volumes./etc/localtime", "volumes./etc/timezone")
_LANGUAGE = ("environment.LC_ALL", "environment.LC_CTYPE", "environment.LANG")
_DECIDED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "limits.memory": ("deploy.resources.limits.memory",),
    "limits.cpus": ("deploy.resources.limits.cpus",),
    "limits.pids": ("deploy.resources.limits.pids",),
    "ulimits": ("ulimits", "privileged"),
    "shm": ("shm_size", "tmpfs./dev/shm", "volumes./dev/shm", "ipc"),
    "user": ("user", "image.tag"),
    "group": ("user", "image.tag"),
    "capabilities": ("cap_add", "cap_drop", "privileged", "user", "running.user", "image.tag"),
    "seccomp": ("security_opt", "privileged"),
    "no-new-privileges": ("security_opt", "privileged"),
    "mounts": ("user", "read_only", "running.user"),
    "case-sensitive": ("volumes",),
    "listening": ("command", "entrypoint", "environment.PORT", "environment.HOST"),
    "dns": ("dns", "dns_search", "dns_opt", "network_mode"),
    "localhost": ("extra_hosts", "network_mode"),
    "sysctls": ("network_mode", "privileged"),
    "time-zone": _ZONE,
    "locale": _LANGUAGE,
    "sort": (*_LANGUAGE, "environment.LC_COLLATE", "running.locale.available", "files.libc"),
    "image": ("image.tag", "image.digest", "image.repository", "build", "platform", "image-config.platform"),
    "log-driver": ("logging",),
    "log-max-size": ("logging",),
}  # fmt: skip
"""Facts of running containers, and the settings of which a difference is why they differ."""
_TOLD: Final = frozenset(
    {"image", "user", "group", "capabilities", "seccomp", "no-new-privileges", "limits", "ulimits", "shm",
     "mounts", "listening", "dns", "mtu", "ipv6", "localhost", "sysctls", "time-zone", "locale", "sort",
     "case-sensitive", "restarts", "healthy", "log-driver", "log-max-size", "environment"}
)  # fmt: skip
"""Facts that engines and clusters differ in all the time; rules tell where that means something."""


_HOLDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "mounts": ("volumes", "tmpfs", "configs", "secrets"),
    "sysctls": ("sysctls",),
}
"""Facts, and the fields of a definition whose entries of the same name they are of."""


def decided(difference: Difference, comparison: Comparison) -> bool:
    """Whether the definitions, or what else decides about a fact, differ already: that is the finding."""
    path = difference.path
    what = part(difference, 1)
    changed = _changed(comparison).get(difference.service, {})
    entries = (each for head in _HOLDERS.get(what, ()) for each in changed.get(head, ()))
    if any(len(each) > 1 and each[1:2] == path[2:3] for each in entries):
        return True
    for pattern in _DECIDED_BY.get(".".join(map(str, path[1:3]))) or _DECIDED_BY.get(what, ()):
        others = changed.get(pattern.partition(".")[0], ())
        if any(covers(pattern, each) for each in others if each != path):
            return True
    return False


@lru_cache(maxsize=4)
def _changed(comparison: Comparison) -> Mapping[str, Mapping[str, list[Path]]]:
    """Service -> first part of the path -> paths of its differences."""
    found: dict[str, dict[str, list[Path]]] = {}
    for each in comparison.differences:
        if each.path:
            heads = found.setdefault(each.service, {})
            heads.setdefault(str(each.path[0]), []).append(each.path)
    return found


def by_nature(difference: Difference, comparison: Comparison) -> str:
    """Why a fact of a container or host, of which no rule spoke, is no finding; empty if it may be one."""
    if difference.path[0] == "host":
        return "hosts differ in it by nature"
    if decided(difference, comparison):
        return "it follows from what the definitions say"
    if part(difference, 1) in _TOLD:
        return "engines and clusters differ in it by nature"
    return ""


def given_to_all(name: str) -> bool:
    """Whether a platform, a shell or a base image gives a variable of this name to every process."""
    return _GIVEN.match(name) is not None


def of_the_process(service: Service) -> Mapping[str, Any]:
    """The variables that its process really has, where they are not what the definition says."""
    facts: Any = (service.document.get(EXTENSION) or {}).get(FACTS) or {}
    found: Mapping[str, Any] = (facts.get("running") or {}).get("environment") or {}
    return found


def part(difference: Difference, index: int) -> str:
    """One part of a difference's path; empty where the path is shorter, as in facts of an odd shape."""
    path = difference.path
    return str(path[index]) if index < len(path) else ""


def number(value: Any) -> float | None:
    """An amount; None for what is none, such as `unlimited`."""
    good = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if good else None


def far(left: Any, right: Any, factor: float = FAR) -> bool:
    """Whether two limits lie apart: one is none at all, or they differ by a factor."""
    one, two = number(left), number(right)
    if one is None or two is None:
        return (one is None) is not (two is None) and ABSENT not in (left, right)
    return max(one, two) >= factor * max(min(one, two), 1e-9)


def names(comparison: Comparison) -> tuple[str, str]:
    """What the two environments are called."""
    return comparison.left.name, comparison.right.name


def texts(value: Any) -> tuple[str, ...]:
    """The texts of a list; none for anything else."""
    return tuple(map(str, value)) if isinstance(value, tuple | list) else ()


def both_of(difference: Difference, comparison: Comparison) -> Iterator[Service]:
    """The service on both sides; nothing where it has no counterpart."""
    pair = comparison.pair(difference.service)
    if pair is not None:
        yield from (pair.left, pair.right)


_RELEASE = re.compile(r"\s*v?(\d{1,6})(?:\.(\d{1,6}))?(?:\.(\d{1,6}))?", re.ASCII)


def release(value: Any) -> tuple[int, ...]:
    """The numbers at the start of a version: `6.12.0-18-amd64` is (6, 12, 0); empty for what is none."""
    found = _RELEASE.match(value) if isinstance(value, str) else None
    return tuple(int(part or 0) for part in found.groups()) if found else ()


def whole(value: Any) -> int | None:
    """The whole number of a kernel setting, which is a text; None for what is none."""
    text = str(value).strip() if isinstance(value, str | int) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 15 else None  # noqa: PLR2004
