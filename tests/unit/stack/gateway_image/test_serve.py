"""Starting and stopping, without touching any network."""

import json
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from parity.stack.gateway_image.gateway import serve
from parity.stack.gateway_image.gateway.netns import NetworkError
from parity.stack.gateway_image.gateway.settings import parse

SETTINGS = json.dumps(
    {
        "networks": [{"name": "back", "subnet": "10.231.4.0/24", "address": "10.231.4.1"}],
        "allow": ["api.example.com"],
    }
)


def test_wrong_settings_end_with_2(capsys):
    """And one line that says what is wrong."""
    assert serve.serve_from("{}") == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_wrong_network_ends_with_1(capsys, monkeypatch, tmp_path):
    """The engine restarts the container, which tries again."""

    async def fail(networks):
        raise NetworkError("not attached")

    monkeypatch.setattr(serve, "READY_FILE", tmp_path / "ready")
    monkeypatch.setattr(serve.netns, "find_legs", fail)
    (tmp_path / "ready").write_text("stale")
    assert serve.serve_from(SETTINGS) == 1
    assert "not attached" in capsys.readouterr().err
    assert not (tmp_path / "ready").exists()


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("10.231.4.9", True),
        ("127.0.0.1", True),
        ("0.0.0.0", True),
        ("224.0.0.1", True),
        ("::1", True),
        ("203.0.113.9", False),
        ("2001:db8::1", False),
    ],
)
def test_inside(address, inside):
    """Where an allowed connection must never lead."""
    assert serve.Gateway(parse(SETTINGS))._is_inside(address) is inside


SCRIPT = """
import sys
from parity.stack.gateway_image.gateway import __main__ as main, serve
from pathlib import Path
from parity.stack.gateway_image.gateway.netns import Legs
async def find_legs(networks):
    return Legs((), None)
serve.READY_FILE = Path(sys.argv[1])
serve.netns.find_legs = find_legs
serve.firewall.apply = lambda *_: None
serve.netns.leave_by_edge = lambda *_: None
serve.ROUTER_PORT, serve.DNS_PORT = int(sys.argv[2]), int(sys.argv[3])
sys.exit(main.main(["run"]))
"""


def free_ports(count):
    socks = [socket.create_server(("0.0.0.0", 0)) for _ in range(count)]
    ports = [str(sock.getsockname()[1]) for sock in socks]
    for sock in socks:
        sock.close()
    return ports


def test_ready_and_stopped(tmp_path):
    """The ready file, the ready record, and a clean end on SIGTERM."""
    ready = tmp_path / "ready"
    command = [sys.executable, "-c", SCRIPT, str(ready), *free_ports(2)]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env={"PARITY_GATEWAY": SETTINGS, "PYTHONPATH": str(Path(__file__).parents[4])},
    )
    with process:
        assert json.loads(process.stdout.readline())["event"] == "ready"
        assert ready.exists()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0


def test_only_a_port_with_a_name_in_production_is_listened_to():
    """All others are carried byte by byte, whatever they speak."""
    origin = {"scheme": "https", "host": "shop.example", "port": 8443}
    rows = [
        {"listen": 20000, "service": "web", "port": 8080, "origin": origin},
        {"listen": 20001, "service": "db", "port": 5432},
    ]
    gateway = serve.Gateway(parse(json.dumps({**json.loads(SETTINGS), "publish": rows})))
    kinds = [type(gateway._handler(one, None)).__name__ for one in gateway._settings.publish]
    assert kinds == ["Named", "Published"]
