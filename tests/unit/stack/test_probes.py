"""Which probe tells that a container is ready."""

import json

import pytest

from parity.stack import probes

HTTP = {"http": {"path": "/ready", "port": 8000}, "interval_seconds": 5, "failure_threshold": 20}
TCP = {"tcp": {"port": 8000}, "timeout_seconds": 3}
EXEC = {"exec": {"command": ["check", "-a"]}}
CHECK = {"test": ["CMD", "true"]}


def service(check=None, **kinds):
    found = {"x-parity": {"probes": kinds}}
    return {**found, "healthcheck": check} if check else found


@pytest.mark.parametrize(
    ("kinds", "asked"),
    [
        ({"readiness": HTTP, "startup": TCP, "liveness": TCP}, "http"),
        ({"startup": TCP, "liveness": HTTP}, "tcp"),
        ({"liveness": HTTP}, "http"),
    ],
)
def test_readiness_comes_first(kinds, asked):
    found = probes.of(service(**kinds))
    assert list(json.loads(found.asked)) == [asked]


def test_a_command_is_run_in_the_container():
    found = probes.of(service(readiness=EXEC))
    assert (found.command, found.asked, found.shown) == (("check", "-a"), "", "check -a")
    assert probes.of(service(readiness={"exec": ["a"]})).command == ("a",)


@pytest.mark.parametrize("found", [{}, {"x-parity": {}}, service(), service(readiness={"x": 1})])
def test_without_a_probe_the_check_or_the_port_tells(found):
    assert probes.of(found) is None


def test_a_health_check_says_more_than_liveness():
    assert probes.of(service(CHECK, liveness=HTTP)) is None
    assert probes.of(service(CHECK, readiness=HTTP)) is not None


def test_it_may_take_as_long_as_the_slowest_probe_allows():
    slow = {**TCP, "initial_delay_seconds": 30, "interval_seconds": 10, "failure_threshold": 30}
    found = probes.of(service(readiness=HTTP, startup=slow))
    assert (found.patience, found.timeout) == (330.0, 1.0)
    assert probes.of(service(readiness=TCP)).timeout == 3.0


def test_it_is_told_in_short():
    assert probes.of(service(readiness=HTTP)).shown == "http port 8000 /ready"
    assert probes.of(service(readiness=TCP)).shown == "tcp port 8000"
