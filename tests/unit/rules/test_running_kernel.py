"""Queues that servers ask for."""

import pytest

from parity.diff.compare import side
from parity.rules.running_kernel import _backlog, _ports
from scripts.lib.cases import environment


def service(**body):
    return side(environment("local", body)).services["web"]


@pytest.mark.parametrize(
    ("body", "queue"),
    [
        ({"command": ["gunicorn", "app"]}, 2048),
        ({"command": ["sh", "-c", "exec gunicorn --backlog 64 app"]}, 64),
        ({"command": ["gunicorn", "--backlog", "x", "app"]}, 2048),
        ({"image": "redis:7", "command": ["redis-server", "--tcp-backlog", "128"]}, 128),
        ({"image": "redis:7"}, 511),
        ({"image": "nginx:1.27"}, 511),
        ({"image": "shop:1"}, None),
    ],
)
def test_queues(body, queue):
    assert _backlog(service(**body)) == queue


def test_ports_of_udp_are_none():
    assert sorted(
        _ports(service(expose=["53/udp", "80", "443/tcp"], environment={"PORT": "²"}))
    ) == [80, 443]
