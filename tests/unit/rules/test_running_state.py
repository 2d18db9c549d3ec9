"""Instances of one service, by their names."""

import pytest

from parity.diff.compare import side
from parity.rules.running_state import _families
from scripts.lib.cases import environment


@pytest.mark.parametrize(
    ("names", "families"),
    [
        (("web-1", "web-2"), 1),
        (("web", "web2"), 1),
        (("web-blue", "web-green"), 1),
        (("web", "worker"), 0),
        (("web-1",), 0),
    ],
)
def test_families(names, families):
    body = {"image": "shop:1", "x-parity": {"facts": {"running": {"mtu": 1500}}}}
    found = side(environment("local", {"services": {name: dict(body) for name in names}}))
    assert len(list(_families(found))) == families


def test_services_that_nobody_saw_running_are_no_family():
    body = {"image": "shop:1"}
    found = side(environment("local", {"services": {"web-1": dict(body), "web-2": dict(body)}}))
    assert list(_families(found)) == []
