"""For tests: the stack in place of testcontainers' containers, and the pytest plugin.

Names are imported when they are first used: the plugin lies in this package, and pytest loads it in
projects that have nothing to do with parity.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from parity.testing.databases import (
        MySqlContainer,
        PostgresContainer,
        RabbitMqContainer,
        RedisContainer,
    )
    from parity.testing.exceptions import ContainerIsNotRunning, NoSuchPortExposed
    from parity.testing.network import StackNetwork
    from parity.testing.service import PublishedPort, ServiceContainer
    from parity.testing.stack import ParityStack

_HOMES: Final = {
    "ContainerIsNotRunning": "exceptions",
    "MySqlContainer": "databases",
    "NoSuchPortExposed": "exceptions",
    "ParityStack": "stack",
    "PostgresContainer": "databases",
    "PublishedPort": "service",
    "RabbitMqContainer": "databases",
    "RedisContainer": "databases",
    "ServiceContainer": "service",
    "StackNetwork": "network",
}

__all__ = (
    "ContainerIsNotRunning",
    "MySqlContainer",
    "NoSuchPortExposed",
    "ParityStack",
    "PostgresContainer",
    "PublishedPort",
    "RabbitMqContainer",
    "RedisContainer",
    "ServiceContainer",
    "StackNetwork",
)


def __getattr__(name: str) -> Any:
    """Import a public name from its module."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)
