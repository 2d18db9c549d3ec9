"""Logs stay here."""

import pytest

from parity.stack.overrides import logging


@pytest.mark.parametrize("driver", ["syslog", "awslogs", "gelf", "fluentd", "splunk", "loki"])
def test_drivers_that_ship_elsewhere_go(draft, context, driver):
    one = draft({"web": {"logging": {"driver": driver, "options": {"a": "b"}}}})
    logging.apply(one, context())
    assert one.get(("services", "web")) == {}
    assert driver in one.overrides[0].reason


@pytest.mark.parametrize(
    "service",
    [{}, {"logging": None}, {"logging": {"options": {"max-size": "1m"}}},
     *({"logging": {"driver": name}} for name in ("json-file", "local", "journald", "none"))],
)  # fmt: skip
def test_logs_of_this_machine_stay(draft, context, service):
    one = draft({"web": service})
    logging.apply(one, context())
    assert one.overrides == ()
