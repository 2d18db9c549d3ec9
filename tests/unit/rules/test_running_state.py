"""Instances of one service, by their names."""

import pytest

from parity.diff.compare import side
from parity.model.setting import Layer
from parity.rules.running_state import _families
from scripts.lib.cases import environment, judge


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


def test_variables_of_one_process_are_one_finding_with_proxies_first(catalogue):
    given = {
        "A_LIMIT": "1",
        "KUBERNETES_PORT": "tcp://10.0.0.1",
        "no_proxy": "a",
        "https_proxy": "http://p.test",
    }
    sides = [
        environment(
            name,
            {"x-parity": {"facts": {"running": facts}}},
            layers=frozenset({Layer.DECLARED, Layer.RUNNING}),
        )
        for name, facts in (
            ("local", {"mtu": 1500}),
            ("production", {"mtu": 1500, "environment": given}),
        )
    ]
    (finding,) = judge(*sides, catalogue).findings
    assert (finding.rule, finding.setting) == ("RU031", "services.web.environment.https_proxy")
    assert finding.message == (
        "the process in production has https_proxy, no_proxy, A_LIMIT, which no definition sets: calls between "
        "services may go to that proxy"
    )
