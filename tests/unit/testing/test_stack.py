import pytest

from parity.actions.doors import Door
from parity.errors import StackError, UsageError
from parity.model.stack import Container
from parity.testing import stack as module
from parity.testing.stack import ParityStack

WEB = Container("id1", "shop-web-1", "web", 1, "running", "", 0, "", "service", "image")


class Scene:
    """One service behind one door."""

    stack = "shop-t1"

    def __init__(self, *_):
        self.closed = False

    def close(self):
        self.closed = True

    def containers(self, *, stopped=False):
        return (WEB,)

    def container(self, service="", *, stopped=False):
        return WEB

    def doors(self, service=""):
        return (Door("web", 8000, "tcp", "127.0.0.1", 20080),)

    def door(self, service="", port=None):
        return self.doors()[0]


class Own:
    """A stack whose life is written down."""

    name = "shop-t1"
    begun = True

    def __init__(self, wanted, *, build=False):
        self.wanted, self.build = wanted, build
        self.life = []

    def up(self, request, *, keep=False):
        self.life.append(("up", request.wait, request.pull, keep))
        return {("web", 80): 8000}

    def down(self):
        self.life.append("down")

    def stop(self):
        self.life.append("stop")


@pytest.fixture(autouse=True)
def world(monkeypatch):
    monkeypatch.setattr(module, "OwnStack", Own)
    monkeypatch.setattr(module, "Scene", Scene)
    monkeypatch.setattr("parity.testing.network.send_guests_away", lambda scene: None)


def test_with_starts_and_removes():
    with ParityStack("somewhere") as stack:
        assert stack._own.life == [("up", True, "missing", False)]
        scene = stack.scene
    assert stack._own.life[1:] == ["down"]
    assert scene.closed


def test_the_arguments_are_taken_as_docker_compose_takes_them():
    stack = ParityStack("d", "c.yml", True, True, False, True, "e.env", ["web"], None, ["p"])
    wanted = stack._own.wanted
    assert (wanted.files, wanted.env_files) == (("c.yml",), ("e.env",))
    assert (wanted.services, wanted.profiles) == (("web",), ("p",))
    assert stack._own.build
    with stack:
        assert stack._own.life == [("up", False, "always", True)]
    assert stack._own.life[1:] == ["stop"], "with keep_volumes it is only stopped"
    assert stack.compose_file_name == ["c.yml"]
    assert ParityStack(".", ["a", "b"]).compose_file_name == ["a", "b"]


def test_a_start_that_fails_is_taken_down_and_explained(monkeypatch):
    def up(self, request, *, keep=False):
        raise StackError("web not ready", where="web", detail="last line", next_step="look")

    monkeypatch.setattr(Own, "up", up)
    stack = ParityStack()
    with pytest.raises(StackError) as raised, stack:
        pass
    assert stack._own.life == ["down"]
    assert raised.value.__notes__ == ["at: web", "evidence: last line", "next: look"]


def test_wait_strategies_are_asked_at_the_start():
    class Strategy:
        def wait_until_ready(self, container):
            self.asked = container

    strategy = Strategy()
    stack = ParityStack().waiting_for({"web": strategy})
    stack.start()
    assert strategy.asked.Service == "web"


def test_the_definition_is_read_in_one_form():
    with pytest.raises(UsageError, match="read once"):
        ParityStack().get_config(interpolate=False)
