"""An engine behind ssh: what is run for it, and what is said when it fails.

A program called `ssh` stands in for the real one here; tests/engine/test_ssh.py has a real server.
"""

import os
import socket
from pathlib import Path

import pytest

from parity.engine import observe
from parity.engine.address import Address
from parity.engine.ssh import TUNNELS
from parity.errors import EngineError, UsageError

# It notes how it is called, says what `ssh -G` says (recorded of OpenSSH 9.2, shortened), and answers
# one request as an engine does.
STAND_IN = """\
#!/bin/sh
echo "$@" >> "$LOG"
if [ "$1" = -G ]; then
  printf 'user deploy\\nhostname 10.0.0.7\\nport 22\\ncontrolmaster false\\n%s' "$MASTER"
  exit 0
fi
if [ -n "$FAIL" ]; then echo "$FAIL" >&2; exit 255; fi
while read -r line; do [ "$line" = "$(printf '\\r')" ] && break; done
printf 'HTTP/1.1 200 OK\\r\\nContent-Length: 20\\r\\nConnection: close\\r\\n\\r\\n{"Version":"27.3.1"}'
"""


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Puts the stand-in first on PATH; answers how it was called."""
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(STAND_IN)
    program.chmod(0o755)
    log = tmp_path / "log"
    log.touch()
    for name, value in (("LOG", str(log)), ("MASTER", ""), ("FAIL", "")):
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    yield lambda: log.read_text().splitlines()
    TUNNELS.close()


@pytest.mark.parametrize(
    ("url", "host", "command"),
    [
        ("ssh://shop", "-- shop", "docker system dial-stdio"),
        ("ssh://me@shop:2222", "-p 2222 -- me@shop", "docker system dial-stdio"),
        ("ssh://me@[fd00::1]:22", "-p 22 -- me@fd00::1", "docker system dial-stdio"),
        ("ssh://[fd00::1]", "-- fd00::1", "docker system dial-stdio"),
        ("ssh://shop/run/d.sock", "-- shop", "docker --host unix:///run/d.sock system dial-stdio"),
    ],
)
def test_a_url_becomes_a_call_of_ssh(stand_in, url, host, command):
    assert observe.version(Address(url, "test")) == {"Version": "27.3.1"}
    looked, called = stand_in()
    assert looked == f"-G {host}"
    assert called.endswith(f" {host} {command}")
    assert "BatchMode=yes" in called


@pytest.mark.parametrize(
    "url", ["ssh://", "ssh://-oProxyCommand=x", "ssh://shop:http", "ssh:///run"]
)
def test_what_names_no_host_never_reaches_ssh(stand_in, url):
    with pytest.raises(UsageError, match="names no host"):
        observe.version(Address(url, "test"))
    assert stand_in() == []


def test_all_connections_share_one_login_unless_the_user_has_arranged_that(stand_in, monkeypatch):
    observe.version(Address("ssh://one", "test"))
    monkeypatch.setenv("MASTER", "controlpath /x/%C\n")
    observe.version(Address("ssh://two", "test"))
    mine, theirs = (line for line in stand_in() if not line.startswith("-G"))
    assert "ControlMaster=auto" in mine
    assert "ControlMaster" not in theirs


def test_one_tunnel_serves_an_engine_as_long_as_the_program_runs(stand_in):
    address = Address("ssh://shop", "test")
    assert address.socket == address.socket
    for _ in range(3):
        observe.version(address)
    assert [line[:2] for line in stand_in()].count("-G") == 1
    assert not address.is_local


def test_only_this_user_reaches_the_socket(stand_in):
    assert os.stat(Path(TUNNELS.socket_of("ssh://shop")).parent).st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "reason",
    ["me@shop: Permission denied (publickey).", "Host key verification failed.", "sh: docker: not found"],
)  # fmt: skip
def test_why_ssh_failed_is_told_and_what_must_work(stand_in, monkeypatch, reason):
    monkeypatch.setenv("FAIL", reason)
    with pytest.raises(EngineError) as caught:
        observe.version(Address("ssh://me@shop", "context blue"))
    assert reason in caught.value.message
    assert "ssh://me@shop (context blue)" in caught.value.message
    assert "`docker --host ssh://me@shop version` must answer" in caught.value.next_step


def test_the_sdk_is_told_the_same(stand_in, monkeypatch):
    from parity.engine.client import connect

    monkeypatch.setenv("FAIL", "Host key verification failed.")
    with pytest.raises(EngineError, match="Host key verification failed"):
        connect(Address("ssh://shop", "test"))


def test_without_ssh_that_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UsageError, match="cannot start ssh"):
        observe.version(Address("ssh://shop", "test"))


def test_a_closed_tunnel_leaves_nothing(stand_in):
    place = TUNNELS.socket_of("ssh://shop")
    TUNNELS.close()
    assert not os.path.exists(os.path.dirname(place))
    with pytest.raises(OSError), socket.socket(socket.AF_UNIX) as late:
        late.connect(place)


def test_a_fault_free_engine_has_no_failure(stand_in):
    assert TUNNELS.failure("ssh://never-asked") == ""
    observe.version(Address("ssh://shop", "test"))
    assert TUNNELS.failure("ssh://shop") == ""
