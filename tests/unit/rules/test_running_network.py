"""Options of resolvers, and who calls itself."""

import pytest

from parity.diff.compare import side
from parity.rules.running_network import _calls_itself, _dots
from scripts.lib.cases import environment


@pytest.mark.parametrize(
    ("options", "dots"),
    [(("ndots:5",), 5), (("edns0",), 1), ((), 1), (("ndots:x",), 1), (("ndots:" + "9" * 50,), 1)],
)
def test_dots(options, dots):
    assert _dots(options) == dots


@pytest.mark.parametrize(
    ("body", "calls"),
    [
        ({"environment": {"API_URL": "http://localhost:80"}}, True),
        ({"environment": {"API_URL": "http://127.0.0.1:80"}}, False),
        ({"healthcheck": {"test": ["CMD-SHELL", "curl localhost"]}}, True),
        ({}, False),
    ],
)
def test_who_calls_itself(body, calls):
    assert _calls_itself(side(environment("local", body)).services["web"]) is calls
