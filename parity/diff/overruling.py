"""Facts and the settings that they are about: which overrules which, which is the default of which."""

from collections.abc import Iterator, Mapping
from typing import Final

from parity.diff.effective import FIELDS, IMAGE
from parity.model.document import Path

_BEFORE: Final[Mapping[str, str]] = {
    "host.sysctls.*": "sysctls.*",
    "host.engine.log-driver": "logging.driver",
}
"""Facts that are in effect where nothing else says anything, by the setting they are the default of."""
_AFTER: Final[Mapping[str, str]] = {
    "running.user": "user",
    "running.limits.memory": "deploy.resources.limits.memory",
    "running.limits.cpus": "deploy.resources.limits.cpus",
    "running.limits.pids": "deploy.resources.limits.pids",
    "running.ulimits.*.soft": "ulimits.*.soft",
    "running.ulimits.*.hard": "ulimits.*.hard",
    "running.shm": "shm_size",
    "running.sysctls.*": "sysctls.*",
    "running.log-driver": "logging.driver",
    "running.log-max-size": "logging.options.max-size",
    "running.mounts.*.read-only": "volumes.*.read_only",
    "running.dns.search": "dns_search",
    "running.dns.options": "dns_opt",
}
"""Facts that overrule what a definition says, by that setting."""
_BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "environment.TZ": ("files.time-zones", "running.time-zone.name", "running.time-zone.offsets"),
    **dict.fromkeys(
        (
            "environment.LANG",
            "environment.LC_ALL",
            "environment.LC_CTYPE",
            "environment.LC_COLLATE",
        ),
        ("files.locales", "running.locale.name", "running.locale.available", "running.sort"),
    ),
    "deploy.resources.limits.memory": ("host.memory", "host.swap"),
    "deploy.resources.limits.cpus": ("host.cpus",),
    "image": ("image-config.platform", "running.image"),
    "image.tag": ("image-config.platform", "running.image"),
    "image.digest": ("running.image",),
    "platform": ("image-config.platform", "host.architecture"),
    "cap_add": ("running.capabilities",),
    "cap_drop": ("running.capabilities",),
    "security_opt": ("running.seccomp", "running.no-new-privileges", "host.engine.security"),
    "user": ("running.group",),
    "healthcheck": ("running.healthy",),
    "healthcheck.test": ("running.healthy",),
    "volumes.*.read_only": ("running.mounts.*.writable", "running.mounts.*.owner"),
}
"""Facts that say something of what a setting does, but are not it."""


def topic(path: Path) -> Path:
    """The setting that a fact overrules or is the default of; other paths as they are."""
    if path[:2] == (IMAGE, "env"):
        return ("environment", *path[2:])
    if path[0] == IMAGE and str(path[1:2][0] if path[1:] else "") in FIELDS:
        return path[1:]
    if path[:2] == ("running", "environment"):
        return path[1:]
    for pattern, setting in (*_AFTER.items(), *_BEFORE.items()):
        part = _matched(pattern, path)
        if part is not None:
            return _filled(setting, part)
    return path


def facts_of(path: Path) -> tuple[Path, ...]:
    """The facts that overrule a setting or are its default."""
    found: list[Path] = []
    if path[0] in FIELDS:
        found.append((IMAGE, "env", *path[1:]) if path[0] == "environment" else (IMAGE, *path))
    if path[0] == "environment":
        found.append(("running", *path))
    return (*found, *_facts(_AFTER, path), *_facts(_BEFORE, path))


def before(path: Path) -> list[Path]:
    """The facts that are in effect where nothing sets it."""
    return _facts(_BEFORE, path)


def after(path: Path) -> list[Path]:
    """The facts that overrule what sets it."""
    return _facts(_AFTER, path)


def beside(path: Path) -> Iterator[Path]:
    """The facts that say something of what a setting does."""
    for pattern, facts in _BESIDE.items():
        part = _matched(pattern, path)
        if part is not None:
            yield from (_filled(fact, part) for fact in facts)


def _facts(table: Mapping[str, str], path: Path) -> list[Path]:
    found = []
    for fact, setting in table.items():
        part = _matched(setting, path)
        if part is not None:
            found.append(_filled(fact, part))
    return found


def _matched(pattern: str, path: Path) -> str | None:
    """What stands at the `*` of a pattern that the whole path fits; None where it does not fit."""
    wanted = pattern.split(".")
    if len(wanted) != len(path):
        return None
    part = ""
    for word, own in zip(wanted, path, strict=True):
        if word == "*":
            part = str(own)
        elif word != str(own):
            return None
    return part


def _filled(pattern: str, part: str) -> Path:
    return tuple(part if word == "*" else word for word in pattern.split("."))
