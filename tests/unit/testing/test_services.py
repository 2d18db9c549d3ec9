from types import SimpleNamespace

import pytest

from parity.actions.doors import Door
from parity.testing import services as module
from parity.testing.exceptions import NoSuchPortExposed
from parity.testing.services import Services

DOORS = {
    "web": (
        Door("web", 9000, "tcp", "127.0.0.1", 30900),
        Door("web", 8000, "tcp", "127.0.0.1", 30800),
    ),
    "dns": (
        Door("dns", 53, "udp", "127.0.0.1", 30053),
        Door("dns", 953, "tcp", "127.0.0.1", 30953),
    ),
    "job": (),
}


@pytest.fixture
def services(monkeypatch):
    told = {"PARITY_WEB_URL": "http://127.0.0.1:30800", "DATABASE_URL": "x"}
    monkeypatch.setattr(module, "exports", lambda client, stack: told)
    scene = SimpleNamespace(
        stack="shop-f1",
        client=None,
        containers=lambda **_: [SimpleNamespace(service=name) for name in ("web", "web", *DOORS)],
        doors=lambda service: DOORS[service],
        door=lambda service, port: next(d for d in DOORS[service] if d.port == port),
    )
    return Services(scene)


def test_it_is_a_mapping_of_what_runs(services):
    assert list(services) == ["dns", "job", "web"]
    assert len(services) == 3
    assert "web" in services
    with pytest.raises(KeyError, match="cache; there are: dns, job, web"):
        services["cache"]
    assert "web of shop-f1" in repr(services["web"])


def test_addresses(services):
    web = services["web"]
    assert (web.host, web.port, web.port_of(9000)) == ("127.0.0.1", 30800, 30900)
    assert services["dns"].port == 30953, "TCP before UDP"
    assert web.url == "http://127.0.0.1:30800"


def test_what_has_no_port_or_url_says_so(services):
    with pytest.raises(NoSuchPortExposed, match="job has no port"):
        _ = services["job"].port
    with pytest.raises(NoSuchPortExposed, match="dns has no URL"):
        _ = services["dns"].url


def test_variables_are_those_of_parity_run(services):
    assert services.variables["DATABASE_URL"] == "x"
    services.variables.clear()
    assert services.variables["DATABASE_URL"] == "x", "nobody changes them for others"


@pytest.fixture
def replicated(monkeypatch):
    """Two containers of web, of which the first has said one thing and the second another."""
    found = [
        SimpleNamespace(service=service, id=identity)
        for service, identity in (
            ("parity-gateway", "g"),
            ("web", "w1"),
            ("web", "w2"),
            ("db", "d"),
        )
    ]
    said = {"w1": b"started\n", "w2": b"GET /orders\n", "d": b"no\n"}
    client = SimpleNamespace(api=SimpleNamespace(logs=said.get))
    monkeypatch.setattr(module, "exports", lambda client, stack: {})
    scene = SimpleNamespace(
        stack="shop-f1",
        client=client,
        containers=lambda **_: found[1:],
        everything=lambda: found,
        container=lambda service, **_: next(one for one in found if one.service == service),
        doors=lambda service: DOORS[service],
    )
    return Services(scene)


def test_logs_are_those_of_all_replicas(replicated):
    assert replicated["web"].logs() == "started\nGET /orders\n"


def test_all_replicas_are_waited_for_within_one_limit(replicated, monkeypatch):
    waited = []
    monkeypatch.setattr(
        "parity.engine.readiness.wait",
        lambda client, how, stop: waited.append((how.container, how.gateway, how.timeout)),
    )
    replicated["web"].wait(timeout=5)
    assert [one[:2] for one in waited] == [("w1", "g"), ("w2", "g")]
    assert 0 < waited[1][2] <= waited[0][2] <= 5
