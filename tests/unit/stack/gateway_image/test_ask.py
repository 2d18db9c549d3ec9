"""Probes of production, put to servers on loopback."""

import json
import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from parity.stack.gateway_image.gateway.ask import ask


@pytest.fixture
def server():
    """Answers `/STATUS` with that status; `asked` are the requests' headers."""
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(dict(self.headers.items()))
            self.send_response(int(self.path.strip("/") or 200))
            self.end_headers()

        def log_message(self, *_):
            pass

    found = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=found.serve_forever, args=(0.02,))
    thread.start()
    found.asked = asked
    yield found
    found.shutdown()
    found.server_close()
    thread.join()


def put(capsys, probe, timeout=2.0):
    code = ask(json.dumps(probe) if isinstance(probe, dict) else probe, "127.0.0.1", timeout)
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.parametrize(
    ("path", "code"), [("/200", 0), ("204", 0), ("/302", 0), ("/404", 1), ("/500", 1)]
)
def test_a_status_below_400_passes(server, capsys, path, code):
    """As the kubelet judges."""
    probe = {"http": {"path": path, "port": server.server_port}}
    found, said = put(capsys, probe)
    assert (found, said["ready"]) == (code, code == 0)
    assert said["answer"].startswith(path.strip("/"))


@pytest.mark.parametrize(
    "headers", [{"Host": "shop.example", "X-A": "1"}, [{"name": "X-A", "value": "1"}, {"name": "Host", "value": "shop.example"}]]
)  # fmt: skip
def test_headers_go_along(server, capsys, headers):
    """In either way of writing them."""
    put(capsys, {"http": {"port": server.server_port, "headers": headers}})
    (seen,) = server.asked
    assert (seen["Host"], seen["X-A"]) == ("shop.example", "1")
    assert seen["User-Agent"].startswith("kube-probe/")


def test_an_open_port_passes_and_a_closed_one_does_not(server, capsys):
    """TCP says no more."""
    assert put(capsys, {"tcp": {"port": server.server_port}})[0] == 0
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert put(capsys, {"tcp": {"port": port}})[0] == 1


@pytest.mark.parametrize("kind", ["http", "grpc"])
def test_silence_is_no_answer(capsys, kind):
    """Within the probe's own time."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        code, said = put(capsys, {kind: {"port": silent.getsockname()[1]}}, timeout=0.1)
    assert (code, said["answer"]) == (1, "no answer in time")


def test_another_protocol_s_answer_is_told(server, capsys):
    """gRPC is not HTTP/1."""
    code, said = put(capsys, {"grpc": {"port": server.server_port}})
    assert code == 1 and said["answer"]


@pytest.mark.parametrize("probe", ["{", "[]", "{}", '{"exec": {}}', '{"tcp": {}}', '{"http": []}'])
def test_what_is_no_probe_is_told_apart(capsys, probe):
    """Else a wrong question would look like a wrong answer."""
    code, said = put(capsys, probe)
    assert code == 2 and said["ready"] is False
