"""Advice in the words of the notation in which an environment is written."""

from typing import Any, Final

_COMPOSE: Final = frozenset({"", "compose", "docker"})
_PODS: Final = frozenset({"kubernetes", "cloudrun"})
_GROUPED: Final = frozenset({*_PODS, "ecs"})
"""Notations that start containers in groups which share a network."""


def is_compose(source: str) -> bool:
    """Whether the fields of Compose can be written there."""
    return source in _COMPOSE


def shared_by_nature(value: Any, source: str) -> bool:
    """Whether a network mode says no more than that a pod or task has several containers."""
    return source in _GROUPED and str(value).startswith("service:")


def command_of(source: str) -> str:
    """Where the command of a container is written."""
    if source in _PODS:
        return "`command` and `args` of the container"
    return "`command` of the container definition" if source == "ecs" else "`command`"


def restart_of(source: str) -> str:
    """How a notation says that a container is always there."""
    return {
        "kubernetes": "run it in a Deployment, whose restartPolicy is Always",
        "cloudrun": "run it as a Cloud Run service, not as a job",
        "ecs": "run it as an ECS service, which starts again what ended",
        "swarm": "deploy.restart_policy.condition: any",
    }.get(source, "restart: unless-stopped")
