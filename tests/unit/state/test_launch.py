"""By which port a container that was made again is seen to be ready."""

import pytest

from parity.state.launch import never, port

OWN = {"Entrypoint": ["serve"], "Cmd": None, "ExposedPorts": {"8000/tcp": {}}}


def container(**config):
    return {"Path": "", "Args": [], "Config": {"Image": "a/app:1", "Env": [], **OWN, **config}}


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({}, 8000),
        ({"ExposedPorts": {"9000/tcp": {}, "8000/tcp": {}}}, 8000),
        ({"ExposedPorts": None}, None),
        ({"ExposedPorts": {"53/udp": {}}}, None),
        # Another program runs: what the image's own would listen on says nothing.
        ({"Entrypoint": ["sleep", "infinity"]}, None),
        ({"Cmd": ["sleep"]}, None),
        ({"Cmd": ["sleep"], "ExposedPorts": {"9000/tcp": {}, "8000/tcp": {}}}, 9000),
    ],
)
def test_the_port_of_the_program_that_runs(config, expected):
    assert port(container(**config), OWN) == expected


def test_a_data_engine_has_its_own():
    found = container(Entrypoint=["postgres"], ExposedPorts={"80/tcp": {}, "5432/tcp": {}})
    assert port({**found, "Path": "postgres"}, {}) == 5432


def test_nobody_else_failed():
    assert not never()
