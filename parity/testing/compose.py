"""The names of `testcontainers.compose`, so that a test moves over by changing that one import."""

from parity.testing.exceptions import ContainerIsNotRunning, NoSuchPortExposed
from parity.testing.service import PublishedPort as PublishedPortModel
from parity.testing.service import ServiceContainer as ComposeContainer
from parity.testing.stack import ParityStack as DockerCompose

__all__ = (
    "ComposeContainer",
    "ContainerIsNotRunning",
    "DockerCompose",
    "NoSuchPortExposed",
    "PublishedPortModel",
)
