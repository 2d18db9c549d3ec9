"""What runs, looked at in real containers: as the kernel has it, whatever a definition says."""

import json
import os
import subprocess
import sys
import time
import uuid

import pytest

from parity.engine.helper import run_helper
from parity.engine.images import gateway_tag
from parity.errors import EngineError
from parity.model.project import LocalTable

pytestmark = pytest.mark.engine

MINE = f"dev.parity.test=live-{os.getpid()}"
MARKS = {"dev.parity.role": "helper", MINE.partition("=")[0]: MINE.partition("=")[2]}
HOSTS = (("dev", "1000"), ("prod", "2000"))
IMAGE = gateway_tag(LocalTable().gateway_base)
"""Any image with a program that sleeps; this one is here after an `up`."""


@pytest.fixture
def world(client, open_mini):
    """`world("dev", TZ=…, **options)`: an environment of one service, run by hand."""
    del open_mini  # after its `up` the helper's image is there
    made = []

    def run(name, command=("sleep", "600"), environment=None, **options):
        project = f"{name}-{uuid.uuid4().hex[:6]}"
        labels = {
            "com.docker.compose.project": project,
            "com.docker.compose.service": "web",
            MINE.partition("=")[0]: MINE.partition("=")[2],
        }
        made.append(
            client.containers.run(
                IMAGE,
                list(command),
                entrypoint=[],
                detach=True,
                labels=labels,
                environment=environment or {},
                stop_signal="SIGKILL",
                **options,
            )
        )
        return f"docker:{project}"

    yield run
    for container in made:
        container.remove(force=True, v=True)
    assert client.containers.list(all=True, filters={"label": MINE}) == []


@pytest.fixture(scope="module")
def open_mini(open_project, tmp_path_factory):
    import shutil
    from pathlib import Path

    root = tmp_path_factory.mktemp("live") / "mini"
    shutil.copytree(Path(__file__).parent / "projects" / "mini", root)
    mini = open_project(root)
    mini.parity("up")
    yield mini
    mini.parity("down", "--volumes")


def diff(one, two, *options):
    argv = [sys.executable, "-m", "parity", "diff", one, two, "--json", "--layers", "running,host"]
    done = subprocess.run([*argv, *options], capture_output=True, text=True, timeout=120)
    assert done.returncode in (0, 1), done.stderr
    return json.loads(done.stdout)


def eventually(true, seconds=30):
    """A program does what it does a moment after its container has started."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.2)


def settings(report):
    return sorted({finding["setting"] for finding in report["findings"]})


def test_two_that_run_alike_have_no_finding(world):
    one, two = (world(name, environment={"A": "1"}, mem_limit="64m") for name in ("dev", "prod"))
    report = diff(one, two)
    # The network of the machine that tests run on may be one that RU021 warns of, on both sides.
    assert [one for one in settings(report) if not one.endswith("running.mtu")] == []
    assert {"declared", "running", "host"} <= set(report["left"]["layers"])


def test_what_a_start_script_sets_takes_effect(world):
    script = 'export BATCH_SIZE="$(cat /etc/hostname | cut -c1-4)"; exec sleep 600'
    one, two = (world(name, ("sh", "-c", script), hostname=h) for name, h in HOSTS)
    eventually(lambda: "services.web.environment.BATCH_SIZE" in settings(diff(one, two)))


def test_a_port_on_loopback_alone_is_found(world):
    script = (
        "import socket, time; inside = socket.gethostname() == '1000'; s = socket.socket();"
        "s.bind(('127.0.0.1' if inside else '0.0.0.0', 8000)); s.listen(); time.sleep(600)"
    )
    one, two = (world(name, ("python3", "-c", script), hostname=h) for name, h in HOSTS)
    eventually(lambda: "services.web.running.listening.8000/tcp" in settings(diff(one, two)))


def test_a_zone_that_has_no_data_shows(world):
    one = world("dev", environment={"TZ": "Europe/Berlin"})
    two = world("prod", environment={"TZ": "Europe/Berlin"}, tmpfs={"/usr/share/zoneinfo": ""})
    assert "services.web.running.time-zone.offsets" in settings(diff(one, two))


def test_a_container_that_does_not_run_says_so(client, world):
    one, two = world("dev"), world("prod", ("true",))
    name = two.partition(":")[2]
    client.containers.list(all=True, filters={"label": f"com.docker.compose.project={name}"})[
        0
    ].wait()
    report = diff(one, two)
    assert any("it does not run" in note for note in report["notes"])


def test_a_helper_that_hangs_is_ended_and_gone(client, open_mini):
    del open_mini
    with pytest.raises(EngineError, match="no answer within 2 s"):
        run_helper(client, IMAGE, ["sleep", "600"], {}, MARKS, seconds=2)
    assert client.containers.list(all=True, filters={"label": MINE}) == []


def test_a_helper_that_floods_is_ended_and_gone(client, open_mini):
    del open_mini
    with pytest.raises(EngineError, match="says more than"):
        run_helper(client, IMAGE, ["sh", "-c", "yes"], {}, MARKS)
    assert client.containers.list(all=True, filters={"label": MINE}) == []


def test_the_local_stack_is_looked_at(open_mini):
    report = json.loads(
        open_mini.parity("diff", "local", "--json", "--layers", "running", check=False).stdout
    )
    assert "running" in report["left"]["layers"]
    assert "running" not in report["right"]["layers"], "nothing says where production runs"
    assert any("nothing says where it runs" in note for note in report["notes"])
