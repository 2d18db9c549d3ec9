"""Which containers of a task start first, whose network they share, and how they are called."""

import pytest

from parity.errors import DefinitionError


def row(name, **own):
    return {"name": name, "image": "i:1", **own}


def after(name, condition="START"):
    return [{"containerName": name, "condition": condition}]


AWSVPC = {"networkMode": "awsvpc"}


def modes(environment):
    return {name: body.get("network_mode", "own") for name, body in environment.services.items()}


def test_containers_share_the_network_of_the_first_essential_one(read):
    found = read(row("log", essential=False), row("web"), row("proxy"), task=AWSVPC)
    assert modes(found) == {"log": "service:web", "web": "own", "proxy": "service:web"}


def test_the_owner_waits_for_none_that_shares_with_it(read):
    found = read(row("web", dependsOn=after("proxy", "HEALTHY")), row("proxy"), task=AWSVPC)
    assert modes(found) == {"web": "service:proxy", "proxy": "own"}


def test_a_container_that_ends_before_others_start_has_a_network_of_its_own(read):
    rows = (row("web", dependsOn=after("migrate", "SUCCESS")), row("migrate", essential=False))
    found = read(*rows, task=AWSVPC)
    assert modes(found) == {"web": "own", "migrate": "own"}
    assert found.services["migrate"]["restart"] == "no"


@pytest.mark.parametrize(
    ("task", "mode"),
    [({}, "own"), ({"networkMode": "bridge"}, "own"), ({"requiresCompatibilities": ["FARGATE"]}, "service:a"),
     ({"networkMode": "host"}, "host"), ({"networkMode": "none"}, "none")],
    ids=range(5),
)  # fmt: skip
def test_the_mode_decides(read, task, mode):
    assert modes(read(row("a"), row("b"), task=task))["b"] == mode


def test_containers_of_one_name_in_two_definitions_are_told_apart(read_all):
    one = {"family": "main", "containerDefinitions": [row("app"), row("log")]}
    two = {"family": "worker", "containerDefinitions": [row("app")]}
    assert set(read_all(one, two).services) == {"main-app", "log", "worker"}
    three = {"family": "worker", "containerDefinitions": [row("app")]}
    assert set(read_all(two, three).services) == {"worker", "worker-2"}


@pytest.mark.parametrize(
    ("containers", "said"),
    [
        ([], "without containers"),
        ([{"image": "a"}], "without a name"),
        ([row("a", dependsOn=after("b")), row("b", dependsOn=after("a"))], "in a circle: a, b"),
        ([row("a", dependsOn=after("a"))], "in a circle"),
        ([row("a", dependsOn=after("gone"))], "no container of the task"),
        ([row("a", dependsOn=after("b", "READY")), row("b")], "no condition"),
        ([5], "must be a table"),
        ("x", "must be a list"),
    ],
    ids=range(8),
)
def test_what_cannot_be_is_told_with_its_line(read_all, tmp_path, containers, said):
    with pytest.raises(DefinitionError) as caught:
        read_all({"family": "shop", "containerDefinitions": containers})
    assert said in caught.value.message
    assert caught.value.where.startswith(f"{tmp_path}/task0.json:")


def test_a_mode_that_does_not_exist_is_told(read):
    with pytest.raises(DefinitionError, match="no network mode"):
        read(row("a"), task={"networkMode": "overlay"})
