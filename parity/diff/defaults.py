"""What is effective where a side sets nothing, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from parity.diff.units import show_seconds, show_size
from parity.model.document import Path


@dataclass(frozen=True)
class Default:
    """A normalised value and its words: `64 MiB (engine default)`."""

    value: Any
    words: str


def _engine(value: Any, words: str = "") -> Default:
    return Default(value, f"{words or value} (engine default)")


def _nothing(words: str) -> Default:
    """In effect, but not as a value that could be compared."""
    return Default(None, words)


_SHM = 64 * 1024**2
# Sources: `docker run` reference, Compose Specification, Kubernetes API reference, ECS API reference.
_ENGINE: Mapping[str, Default] = MappingProxyType(
    {
        "shm_size": _engine(_SHM, show_size(_SHM)),
        "restart": _engine("no", "never restarted"),
        "stop_grace_period": _engine(10.0, show_seconds(10)),
        "stop_signal": _nothing("the image's, else SIGTERM"),
        "deploy.replicas": Default(1, "1 (default)"),
        "deploy.resources.limits.memory": _nothing("no limit: the host's memory"),
        "deploy.resources.limits.cpus": _nothing("no limit: all of the host's CPUs"),
        "deploy.resources.limits.pids": Default(-1, "no limit (engine default)"),
        "read_only": _engine(False, "writable"),
        "privileged": _engine(False, "not privileged"),
        "init": _engine(False, "no init process"),
        "tty": _engine(False, "no terminal"),
        "stdin_open": _engine(False, "closed"),
        "user": _nothing("the image's user"),
        "working_dir": _nothing("the image's folder"),
        "command": _nothing("the image's command"),
        "entrypoint": _nothing("the image's entrypoint"),
        "healthcheck": _nothing("the image's check, if it has one"),
        "healthcheck.interval": _engine(30.0, show_seconds(30)),
        "healthcheck.timeout": _engine(30.0, show_seconds(30)),
        "healthcheck.start_period": _engine(0.0, show_seconds(0)),
        "healthcheck.retries": _engine(3),
        "ulimits.nofile": _nothing("the engine's own limit"),
        "ulimits": _nothing("the engine's own limit"),
        "cap_add": _engine((), "none besides the engine's 14"),
        "cap_drop": _engine((), "none: the engine's 14 capabilities stay"),
        "security_opt": _engine((), "the engine's seccomp profile"),
        "sysctls": _nothing("the kernel's value"),
        "logging.driver": _engine("json-file", "json-file"),
        "logging.options": _nothing("no rotation: the log grows without end"),
        "logging": Default({"driver": "json-file"}, "json-file without rotation (engine default)"),
        "platform": _nothing("the engine's own platform"),
        "pull_policy": Default("missing", "pulled if it is not there"),
        "hostname": _nothing("the container's id"),
        "dns": _nothing("the engine's resolver"),
        "ipc": Default("private", "private (engine default)"),
        "pid": _nothing("private (engine default)"),
        "group_add": _engine((), "none"),
        "tmpfs.*.mode": _engine("1777"),
        "environment.TZ": _nothing("UTC, or what the image sets"),
        "environment": _nothing(""),
        "image.digest": _nothing("whatever the tag points to today"),
    }
)
_BY_SOURCE: Mapping[str, Mapping[str, Default]] = MappingProxyType(
    {
        "kubernetes": {
            "stop_grace_period": Default(30.0, "30 s (Kubernetes default)"),
            "restart": Default("always", "restarted always (Kubernetes default)"),
            "healthcheck.interval": Default(10.0, "10 s (Kubernetes default)"),
            "healthcheck.timeout": Default(1.0, "1 s (Kubernetes default)"),
            "healthcheck": _nothing("none: a running process counts as ready"),
            "logging": _nothing("the node's"),
            "deploy.resources.limits.pids": _nothing("the node's"),
            "ulimits": _nothing("the node's"),
        },
        "ecs": {
            "stop_grace_period": Default(30.0, "30 s (ECS default)"),
            "healthcheck.timeout": Default(5.0, "5 s (ECS default)"),
            "logging": _nothing("none that leaves the host"),
        },
    }
)


def of(path: Path, source: str) -> Default | None:
    """The default of the nearest known setting at or above `path`.

    Above counts only for words: the default of `ulimits` says something about `ulimits.nofile`, but its
    value is no value of it.
    """
    table = {**_ENGINE, **_BY_SOURCE.get("kubernetes" if source == "cloudrun" else source, {})}
    parts = [str(part) for part in path]
    for length in range(len(parts), 0, -1):
        found = table.get(".".join(parts[:length])) or table.get(_any_entry(parts[:length]))
        if found is not None:
            return found if length == len(parts) else _nothing(found.words)
    return None


def _any_entry(parts: list[str]) -> str:
    """`tmpfs./tmp.mode` -> `tmpfs.*.mode`."""
    return ".".join(["*" if index == 1 else part for index, part in enumerate(parts)])
