import pytest

from parity.actions.doors import Door
from parity.model.stack import Container
from parity.testing import scene as module
from parity.testing.exceptions import ContainerIsNotRunning, NoSuchPortExposed
from parity.testing.scene import Scene


def container(service, state="running", role="service", number=1):
    name = f"{service}-{number}"
    return Container(name, name, service, number, state, "", 0, "", role, "image")


DOORS = (
    Door("web", 8000, "tcp", "127.0.0.1", 20080),
    Door("web", 8443, "tcp", "127.0.0.1", 20443),
    Door("dns", 53, "tcp", "127.0.0.1", 20053),
    Door("dns", 53, "udp", "127.0.0.1", 20054),
    Door("db", 5432, "tcp", "127.0.0.1", 25432),
)
RUNNING = [container("db"), container("web"), container("dns"), container("job", "exited")]


@pytest.fixture
def scene(monkeypatch):
    def make(containers=RUNNING, declared=None, inspected=None):
        known = {"HostConfig": {"NetworkMode": "shop_default"}, **(inspected or {})}
        found = (*containers, container("parity-gateway", role="gateway"))
        monkeypatch.setattr(module.observe, "of_stack", lambda stack: found)
        monkeypatch.setattr(module, "doors", lambda containers: DOORS)
        monkeypatch.setattr(Scene, "inspect", lambda self, identity: known)
        return Scene("shop-t1", declared)

    return make


def test_services_that_run_are_seen_and_the_gateway_is_not(scene):
    seen = scene()
    assert [c.service for c in seen.containers()] == ["db", "web", "dns"]
    assert [c.service for c in seen.containers(stopped=True)] == ["db", "web", "dns", "job"]


def test_a_container_by_its_service_or_the_only_one(scene):
    assert scene().container("web").service == "web"
    assert scene([container("web"), container("web", number=2)]).container().name == "web-1"
    with pytest.raises(ContainerIsNotRunning, match=r"job does not run .*: db, dns, web"):
        scene().container("job")
    with pytest.raises(ContainerIsNotRunning, match="not exactly one runs but 3"):
        scene().container()
    assert scene().container("job", stopped=True).state == "exited"


def test_a_door_by_service_and_port(scene):
    seen = scene()
    assert seen.door("web", 8443).host_port == 20443
    assert seen.door("db").host_port == 25432
    assert seen.door("", 8000).service == "web"
    assert seen.door("dns", 53).protocol == "tcp", "of two protocols the usual one"


def test_the_declared_host_port_finds_it_too(scene):
    seen = scene(declared={("web", 80): 8000, ("web", 8443): 8000})
    assert seen.door("web", 80).host_port == 20080
    assert seen.door("", 80).host_port == 20080
    assert seen.door("web", 8443).host_port == 20443, "the container's own port comes first"


@pytest.mark.parametrize(
    ("service", "port", "says"),
    [
        ("web", 1234, "port 1234 of web is not published"),
        ("web", None, "the port of web is not one but 2"),
        ("", None, "the port is not one but 5"),
        ("", 53, "port 53 is not one but 2"),
        ("cache", 6379, "published here: none"),
    ],
)
def test_no_door_says_which_there_are(scene, service, port, says):
    with pytest.raises(NoSuchPortExposed, match=says):
        scene([*RUNNING, container("cache")]).door(service, port)


def test_a_service_in_the_network_of_another_answers_at_its_doors(scene):
    inside = {"HostConfig": {"NetworkMode": "container:web-1"}}
    seen = scene([container("side"), *RUNNING], inspected=inside)
    assert seen.door("side", 8443).host_port == 20443


def test_closing_twice_is_closing_once(scene):
    seen = scene()
    seen.close()
    seen.close()
