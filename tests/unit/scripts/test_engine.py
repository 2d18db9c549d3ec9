"""Which engine the scripts use."""

import json
from pathlib import Path

import pytest

from scripts.lib.engine import SYSTEM_SOCKET, choose, configured_context

HOME = Path("/home/somebody")


def test_docker_host_wins_over_everything() -> None:
    env = {"DOCKER_HOST": "tcp://engine:2376", "DOCKER_CONTEXT": "other"}
    choice = choose(env, HOME, "third")
    assert choice.hosts == ("tcp://engine:2376",)
    assert not choice.may_start


@pytest.mark.parametrize(
    ("env", "configured", "expected"),
    [
        ({"DOCKER_CONTEXT": "desktop"}, None, "desktop"),
        ({"DOCKER_CONTEXT": "desktop"}, "colima", "desktop"),
        ({}, "colima", "colima"),
    ],
)
def test_a_chosen_context_is_used_and_nothing_started(env, configured, expected) -> None:
    choice = choose(env, HOME, configured)
    assert choice.context == expected
    assert not choice.may_start


@pytest.mark.parametrize(
    ("env", "configured"), [({}, None), ({}, "default"), ({"DOCKER_CONTEXT": "default"}, "colima")]
)
def test_the_default_context_means_the_usual_sockets(env, configured) -> None:
    choice = choose(env, HOME, configured)
    assert choice.hosts[0] == SYSTEM_SOCKET
    assert choice.may_start


def test_rootless_and_desktop_sockets_come_after_the_systems() -> None:
    choice = choose({"XDG_RUNTIME_DIR": "/run/user/1000"}, HOME, None)
    assert choice.hosts == (
        SYSTEM_SOCKET,
        "unix:///run/user/1000/docker.sock",
        "unix:///home/somebody/.docker/run/docker.sock",
    )


def test_the_configured_context_is_read_where_the_cli_keeps_it(tmp_path) -> None:
    (tmp_path / ".docker").mkdir()
    (tmp_path / ".docker" / "config.json").write_text(json.dumps({"currentContext": "colima"}))
    assert configured_context({}, tmp_path) == "colima"
    assert configured_context({"DOCKER_CONFIG": str(tmp_path)}, tmp_path) is None


@pytest.mark.parametrize("text", ["", "{", "[]", '{"currentContext": 3}', "{}"])
def test_an_unreadable_configuration_names_no_context(tmp_path, text) -> None:
    (tmp_path / "config.json").write_text(text)
    assert configured_context({"DOCKER_CONFIG": str(tmp_path)}, tmp_path) is None
