"""The promise is the interface of testcontainers: whatever it has, these classes have."""

import inspect

import pytest
import testcontainers.compose
from testcontainers.compose import ComposeContainer, DockerCompose, PublishedPortModel
from testcontainers.core.container import DockerContainer

import parity.testing.compose as ours
from parity.testing import PostgresContainer, ServiceContainer

INTERNAL = {"docker_compose_command", "compose_command_property"}
"""How it calls Docker Compose."""


def public(cls):
    return {name for name in vars(cls) if not name.startswith("_")} - INTERNAL


def test_every_name_of_the_module_is_here():
    assert sorted(ours.__all__) == sorted(testcontainers.compose.__all__)


def test_the_arguments_are_those_of_docker_compose_in_its_order():
    theirs = list(inspect.signature(DockerCompose).parameters)
    mine = inspect.signature(ours.DockerCompose).parameters
    positional = [name for name, p in mine.items() if p.kind is p.POSITIONAL_OR_KEYWORD]
    assert positional == theirs
    defaults = {n: p.default for n, p in inspect.signature(DockerCompose).parameters.items()}
    defaults.pop("context")  # here it may be left out
    assert {name: mine[name].default for name in defaults} == defaults


def accepts(cls, other, name):
    theirs = inspect.signature(getattr(other, name)).parameters
    mine = inspect.signature(getattr(cls, name)).parameters
    return [p for p in theirs if p not in mine]


@pytest.mark.parametrize("name", sorted(public(DockerCompose)))
def test_every_method_of_docker_compose_is_here_with_its_arguments(name):
    if callable(getattr(DockerCompose, name, None)):
        assert accepts(ours.DockerCompose, DockerCompose, name) == []
    else:
        assert name in vars(ours.DockerCompose(".")) or hasattr(ours.DockerCompose, name)


@pytest.mark.parametrize(
    "name", sorted(public(ComposeContainer) | set(ComposeContainer.__annotations__))
)
def test_every_part_of_a_container_is_here(name):
    if name.startswith("_"):
        pytest.skip("private")
    assert hasattr(ours.ComposeContainer, name)
    if inspect.isfunction(getattr(ComposeContainer, name, None)):
        assert accepts(ours.ComposeContainer, ComposeContainer, name) == []


def test_a_published_port_has_its_parts():
    theirs = PublishedPortModel("127.0.0.1", 80, 8080, "tcp")
    mine = ours.PublishedPortModel("127.0.0.1", 80, 8080, "tcp")
    assert vars(mine) == vars(theirs)
    assert mine.normalize() == mine


@pytest.mark.parametrize(
    "name",
    ["get_exposed_port", "get_container_host_ip", "get_logs", "exec", "get_wrapped_container",
     "reload", "status"],
)  # fmt: skip
def test_what_wait_strategies_and_tests_ask_of_a_container_is_here(name):
    assert hasattr(DockerContainer, name)
    assert hasattr(ServiceContainer, name)
    assert hasattr(PostgresContainer, name)
