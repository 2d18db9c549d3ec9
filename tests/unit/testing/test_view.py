import http.server
import threading

import pytest

from parity.actions.doors import Door
from parity.errors import UsageError
from parity.model.stack import Container
from parity.process import CommandFailed
from parity.testing import view
from parity.testing.view import StackView

WEB = Container("id1", "shop-web-1", "web", 1, "running", "", 0, "", "service", "image")
DOOR = Door("web", 8000, "tcp", "127.0.0.1", 20080)


class Scene:
    """One service behind one door."""

    stack = "shop-t1"

    def containers(self, *, stopped=False):
        return (WEB,)

    def container(self, service="", *, stopped=False):
        return WEB

    def doors(self, service=""):
        return (DOOR,)

    def door(self, service="", port=None):
        return DOOR


class View(StackView):
    scene = Scene()

    def compose_arguments(self):
        return ["--project-name", "shop-t1"]


def test_containers():
    assert [c.Service for c in View().get_containers(include_all=True)] == ["web"]
    assert View().get_container("web").ID == "id1"


def test_logs_are_docker_composes(monkeypatch):
    class Done:
        ok, stdout, stderr = True, "web-1 | hello", "web-1 | oh"

    asked = []
    monkeypatch.setattr(view.compose_cli, "act", lambda words: asked.append(words) or Done())
    assert View().get_logs() == ("web-1 | hello", "web-1 | oh")
    assert View().get_logs("db", "web")
    assert [words[2:] for words in asked] == [["logs", "web"], ["logs", "db", "web"]]
    Done.ok = False
    with pytest.raises(UsageError, match="no logs of web"):
        View().get_logs()


def test_addresses():
    stack = View()
    assert stack.get_service_host_and_port("web", 8000) == ("127.0.0.1", 20080)
    assert stack.get_service_host("web") == stack.get_container_host_ip() == "127.0.0.1"
    assert stack.get_service_port("web", 8000) == stack.get_exposed_port(8000) == 20080


def test_a_command_that_fails_raises_as_for_docker_compose(monkeypatch):
    monkeypatch.setattr(view.ServiceContainer, "run", lambda self, command: ("o", "e", 3))
    with pytest.raises(CommandFailed) as raised:
        View().exec_in_container(["false"])
    assert (raised.value.returncode, raised.value.stdout, raised.value.stderr) == (3, "o", "e")
    monkeypatch.setattr(view.ServiceContainer, "run", lambda self, command: ("o", "e", 0))
    assert View().exec_in_container(["true"], "web") == ("o", "e", 0)


class Handler(http.server.BaseHTTPRequestHandler):
    answers = [503, 200]

    def do_GET(self):
        self.send_response(self.answers.pop(0))
        self.end_headers()

    def log_message(self, *arguments):
        pass


def test_a_url_is_waited_for_until_it_answers_with_success(monkeypatch):
    with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        stack = View()
        assert stack.wait_for(f"http://127.0.0.1:{server.server_port}/") is stack
        server.shutdown()
        thread.join()
    assert Handler.answers == []
    monkeypatch.setattr(view, "_URL_SECONDS", 0.1)
    with pytest.raises(TimeoutError):
        stack.wait_for(f"http://127.0.0.1:{server.server_port}/")
