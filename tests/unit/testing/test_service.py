from types import SimpleNamespace

import pytest

from parity.actions.doors import Door
from parity.model.stack import Container
from parity.testing.exceptions import NoSuchPortExposed
from parity.testing.service import PublishedPort, ServiceContainer

WEB = Container("id1", "shop-web-1", "web", 1, "running", "healthy", 0, "", "service", "image")


class Engine:
    """The SDK's container, and the client that gives it."""

    def __init__(self):
        self.containers = self
        self.asked = []

    def get(self, identity):
        assert identity == "id1"
        return self

    def logs(self, **streams):
        return b"out" if streams == {"stderr": False} else b"err"

    def exec_run(self, cmd, **more):
        self.asked.append((cmd, more))
        if more.get("demux"):
            return SimpleNamespace(exit_code=3, output=(b"said\xff", None))
        return SimpleNamespace(exit_code=0, output=b"said")


@pytest.fixture
def scene():
    door = Door("web", 8000, "tcp", "127.0.0.1", 20080)

    class Fake:
        stack = "shop-t1"
        client = Engine()

        def doors(self, service=""):
            return (door,)

        def door(self, service="", port=None):
            if port not in (None, 8000):
                raise NoSuchPortExposed(str(port))
            return door

        def inspect(self, identity):
            return {"State": {"Status": "paused"}, "Path": "sh", "Args": ["-c", "x"]}

    return Fake()


@pytest.fixture
def web(scene):
    return ServiceContainer(scene, WEB)


def test_it_says_who_it_is_in_composes_words(web):
    assert (web.ID, web.Name, web.Service, web.Project) == ("id1", "shop-web-1", "web", "shop-t1")
    assert (web.State, web.Health, web.ExitCode) == ("running", "healthy", 0)
    assert web.Command == "sh -c x"
    assert web.Publishers == [PublishedPort("127.0.0.1", 8000, 20080, "tcp")]
    assert web.get_container_id() == "id1"
    assert "shop-web-1" in repr(web)


def test_the_status_is_asked_for_anew(web):
    assert web.status == "paused"
    assert web.reload() is None


def test_ports(web):
    assert web.get_exposed_port(8000) == web.get_exposed_port("8000") == 20080
    assert web.get_container_host_ip() == "127.0.0.1"
    assert web.get_publisher(by_port=8000).PublishedPort == 20080
    assert web.get_publisher(by_host="0.0.0.0").TargetPort == 8000
    assert web.get_publisher(by_host="127.0.0.1").TargetPort == 8000
    for wrong in ({"by_host": "10.0.0.1"}, {"prefer_ip_version": "IPv6"}, {"by_port": 1}):
        with pytest.raises(NoSuchPortExposed):
            web.get_publisher(**wrong)


def test_logs_are_bytes_of_both_streams(web):
    assert web.get_logs() == (b"out", b"err")


def test_commands(web, scene):
    assert web.exec(["ls"]).output == b"said"
    assert web.exec("ls -l").exit_code == 0

    class Config:
        def to_exec_run_kwargs(self):
            return {"cmd": ["id"], "user": "nobody"}

    web.exec(Config())
    assert web.run(["x"]) == ("said\ufffd", "", 3)
    assert [cmd for cmd, _ in scene.client.asked] == [["ls"], "ls -l", ["id"], ["x"]]
    assert scene.client.asked[2][1] == {"user": "nobody"}
