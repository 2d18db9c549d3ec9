"""The engine through a real ssh server of this test's own, on a port that only an alias names."""

import os
import pwd
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

from parity.engine import observe
from parity.engine.address import Address
from parity.engine.client import connect
from parity.engine.inspect import records
from parity.engine.ssh import TUNNELS
from parity.errors import EngineError

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(
        shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin") is None,
        reason="no ssh server here: `apt install openssh-server` (it need not run)",
    ),
]
SERVER = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
AuthorizedKeysFile {folder}/key.pub
StrictModes no
UsePAM no
PidFile none
"""
ALIAS = """\
Host shipyard
  HostName 127.0.0.1
  Port {port}
  User {user}
  IdentityFile {folder}/key
  UserKnownHostsFile {folder}/known
"""


@pytest.fixture
def alias(tmp_path, monkeypatch, until):
    """The settings of an alias, as ssh reads them here; the server goes at the end."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    for name in ("host", "key"):
        _run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(tmp_path / name))
    names = {"port": port, "folder": tmp_path, "user": pwd.getpwuid(os.getuid()).pw_name}
    (tmp_path / "server").write_text(SERVER.format(**names))
    config = tmp_path / "config"
    config.write_text(ALIAS.format(**names))
    host = (tmp_path / "host.pub").read_text()
    (tmp_path / "known").write_text(f"[127.0.0.1]:{port} {host}")
    # ssh reads the settings of the account's own home, whatever HOME says.
    program = tmp_path / "bin" / "ssh"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {config} "$@"\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}:/usr/sbin")
    Path("/run/sshd").mkdir(exist_ok=True)
    log = tmp_path / "log"
    with log.open("w") as said:
        command = [shutil.which("sshd"), "-D", "-e", "-f", str(tmp_path / "server")]
        server = subprocess.Popen(command, stderr=said)
    until(lambda: "listening" in log.read_text(), what="the ssh server")
    yield config
    TUNNELS.close()
    server.terminate()
    server.wait()


def _run(*command):
    subprocess.run(command, check=True, timeout=60)


def test_requests_streams_and_copies_go_through(alias, client):
    here = Address("ssh://shipyard", "test")
    assert observe.version(here)["Version"] == client.version()["Version"]
    far = connect(here)
    try:
        image = far.api.images(filters={"label": "org.opencontainers.image.title=shop/app"})[0][
            "Id"
        ]
        one = far.containers.create(image, entrypoint=["sleep", "60"], network_mode="none")
        try:
            one.start()
            said = one.exec_run(["sh", "-c", "seq 20000; exit 3"])
            assert said.exit_code == 3
            assert said.output.split() == [str(n).encode() for n in range(1, 20001)]
            stream, stat = one.get_archive("/etc/os-release")
            assert sum(map(len, stream)) > stat["size"]
            (record,) = records("ssh://shipyard", one.name)
            assert record["Id"] == one.id
            assert record["_Image"]["Id"] == image
        finally:
            one.remove(force=True)
    finally:
        far.close()


def test_the_command_line_lists_and_ends_at_once(alias, project):
    one = project("mini", DOCKER_HOST="ssh://shipyard")
    started = time.monotonic()
    assert "stacks" in one.json("ls")
    assert time.monotonic() - started < 60, "a login that is kept for others holds nobody up"


def test_a_host_that_is_not_known_is_refused_and_told(alias):
    (alias.parent / "known").write_text("")
    with pytest.raises(EngineError, match="Host key verification failed") as caught:
        observe.version(Address("ssh://shipyard", "test"))
    assert "ssh://shipyard" in caught.value.next_step
