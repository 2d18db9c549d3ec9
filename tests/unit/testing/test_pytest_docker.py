from types import SimpleNamespace

import pytest

from parity.testing.pytest_docker import Services


def services(**more):
    return Services(SimpleNamespace(get_service_port=lambda name, port: (name, port), **more))


def test_ports():
    assert services().port_for("web", 8000) == ("web", 8000)


class Clock:
    now = 0.0

    def __call__(self):
        self.now += 1.0
        return self.now


def test_waiting_ends_with_the_first_answer():
    answers = [False, None, True]
    services().wait_until_responsive(lambda: answers.pop(0), timeout=30, pause=0, clock=Clock())
    assert answers == []


def test_waiting_ends_with_the_exception_of_pytest_docker():
    with pytest.raises(Exception, match="Timeout reached while waiting on service!"):
        services().wait_until_responsive(lambda: False, timeout=3, pause=0, clock=Clock())
