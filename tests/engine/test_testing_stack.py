"""Tests written for testcontainers run on parity's stack with another import, and nothing is left."""

import os
import shutil
import signal
import subprocess
import sys
import urllib.request
import uuid
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

PROJECTS = Path(__file__).parent / "projects"
TESTCONTAINERS = "from testcontainers.compose import"
PARITY = "from parity.testing.compose import"


@pytest.fixture(autouse=True)
def _no_reaper(monkeypatch):
    """testcontainers' own reaper is an image of another registry."""
    monkeypatch.setenv("TESTCONTAINERS_RYUK_DISABLED", "true")


@pytest.fixture
def nothing_left(client):
    """Everything of these folders is gone in the end."""
    roots = []
    yield roots.append
    for root in roots:
        label = {"label": f"dev.parity.worktree={root.resolve()}"}
        assert client.containers.list(all=True, filters=label) == []
        assert client.networks.list(filters=label) == []
        assert client.volumes.list(filters=label) == []


@pytest.fixture
def compose_on_path(tmp_path, monkeypatch):
    """`docker compose` for testcontainers, wherever parity finds it."""
    from parity.compose_cli import executable

    shim = tmp_path / "bin" / "docker"
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nshift\nexec "{executable()}" "$@"\n')
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", f"{shim.parent}{os.pathsep}{os.environ['PATH']}")


def run_tests(root, *arguments):
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_a_project_moves_over_by_changing_the_import(
    tmp_path, client, compose_on_path, nothing_left
):
    root = tmp_path / f"orders-{uuid.uuid4().hex[:6]}"
    shutil.copytree(PROJECTS / "testing_compose", root)
    (root / "orders.py").rename(root / "test_orders.py")
    before = run_tests(root)
    # testcontainers takes down what was asked for, and leaves what that depends on.
    left = {"label": f"com.docker.compose.project={root.name}"}
    for container in client.containers.list(all=True, filters=left):
        container.remove(force=True, v=True)
    for network in client.networks.list(filters=left):
        network.remove()
    assert before.returncode == 0, before.stdout + before.stderr
    file = root / "test_orders.py"
    text = file.read_text()
    assert text.count(TESTCONTAINERS) == 1
    file.write_text(text.replace(TESTCONTAINERS, PARITY))
    after = run_tests(root)
    assert after.returncode == 0, after.stdout + after.stderr
    passed = [done.stdout.splitlines()[-1].partition(" in ")[0] for done in (before, after)]
    assert passed == ["9 passed", "9 passed"]
    assert sorted(p.name for p in root.iterdir() if not p.name.startswith("__")) == [
        ".parity", "docker-compose.yml", "test_orders.py", "tests.env",
    ], "no lock beside the tests"  # fmt: skip
    nothing_left(root)


@pytest.fixture
def mini(tmp_path, monkeypatch, nothing_left):
    root = tmp_path / "mini"
    shutil.copytree(PROJECTS / "mini", root)
    monkeypatch.chdir(root)
    nothing_left(root)
    return root


def test_production_runs_with_stand_ins_and_its_ports_answer(mini):
    from parity.testing import NoSuchPortExposed, ParityStack

    with ParityStack() as stack:
        assert {c.Service for c in stack.get_containers()} == {"store", "web"}
        assert {c.Service for c in stack.get_containers(include_all=True)} == {
            "store", "fill", "web",
        }  # fmt: skip
        host, port = stack.get_service_host_and_port("web", 8000)
        assert stack.get_exposed_port(8000) == port
        with urllib.request.urlopen(f"http://{host}:{port}/") as answer:
            assert answer.read() == b"hello from mini\n"
        assert stack.exec(["redis-cli", "get", "greeting"], "store").output == b"hello\n"
        environment = stack.exec_in_container(["env"], "web")[0]
        assert "hunter2" not in environment
        with pytest.raises(NoSuchPortExposed, match="not published"):
            stack.get_service_port("store", 6379)
        assert stack.get_container("store").get_container_info()["State"]["Running"]
        assert b"Ready to accept connections" in b"".join(stack.get_container("store").get_logs())
    assert not (mini / "parity.lock").exists(), "tests change nothing that is committed"


def test_stopping_without_down_keeps_the_data(mini):
    from parity.testing import ParityStack

    stack = ParityStack(services=["store"], keep_volumes=True)
    with stack:
        stack.exec_in_container(["redis-cli", "set", "colour", "green"], "store")
        stack.exec_in_container(["redis-cli", "save"], "store")
    with stack:
        assert stack.exec(["redis-cli", "get", "colour"], "store").output == b"green\n"
    stack.stop()


def test_a_database_alone_under_the_name_of_testcontainers(mini):
    from parity.testing import RedisContainer

    with RedisContainer("redis:5") as store:
        assert store.image.startswith("127.0.0.1:5055/shop/redis@sha256:")
        url = f"redis://127.0.0.1:{store.get_exposed_port(store.port)}/0"
        assert store.get_connection_url() == url
        assert store.exec(["redis-cli", "ping"]).output == b"PONG\n"


def test_other_containers_join_the_network(mini):
    from testcontainers.core.container import DockerContainer

    from parity.testing import ParityStack

    def container(*words):
        return DockerContainer("127.0.0.1:5055/shop/app:2.3.1").with_kwargs(entrypoint=list(words))

    ask = "import urllib.request as u; print(u.urlopen('{}', timeout=9).read().decode(), end='')"
    with ParityStack() as stack:
        guest = container("python3", "-c", ask.format("http://web:8000")).with_network(
            stack.network
        )
        with guest:
            guest.wait()
            assert guest.get_logs()[0] == b"hello from mini\n"
        mock = container("python3", "-m", "http.server", "9000").with_exposed_ports(9000)
        with mock:
            stack.network.connect(mock.get_container_id(), ["bank"])
            port = mock.get_exposed_port(9000)
            stack.wait_for(f"http://127.0.0.1:{port}")
            out = stack.exec_in_container(["python3", "-c", ask.format("http://bank:9000")], "web")[
                0
            ]
            assert "Directory listing" in out
            stack.stop()  # with a guest that has not left


RUN = """
import sys, time
from parity.testing import ParityStack
stack = ParityStack().start()
print(stack.scene.stack, flush=True)
time.sleep(600)
"""


def test_a_killed_run_leaves_nothing(mini, client, until):
    run = subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, text=True)
    name = run.stdout.readline().strip()
    label = {"label": f"dev.parity.stack={name}"}
    assert len(client.containers.list(filters=label)) == 4
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    until(lambda: not client.networks.list(filters=label), seconds=60, what="the end of the stack")
    until(lambda: not client.volumes.list(filters=label), seconds=10, what="the end of its data")


def test_two_runs_at_once_have_stacks_of_their_own(mini):
    code = RUN.replace("time.sleep(600)", "sys.stdin.read(); stack.stop()")
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    runs = [subprocess.Popen([sys.executable, "-c", code], **pipes) for _ in range(2)]
    names = {run.stdout.readline().strip() for run in runs}
    assert len(names) == 2, names
    for run in runs:
        run.communicate(timeout=60)
        assert run.returncode == 0
