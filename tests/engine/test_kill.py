"""Whatever moment a command is killed or interrupted at, the next one puts things right."""

import json
import os
import random
import signal
import subprocess
import sys
import time
import urllib.request

import pytest

pytestmark = pytest.mark.engine

SEED = 20
MOMENTS = 20


def begin(project, *arguments: str) -> subprocess.Popen[str]:
    """Start parity as the leader of a process group of its own, as a terminal would."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A test run in the background ignores Ctrl-C, and what it starts would inherit that.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return subprocess.Popen(
        [sys.executable, "-m", "parity", *arguments],
        cwd=project.root,
        env={**os.environ, **project.env},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill(process: subprocess.Popen[str], *, group: bool = False) -> None:
    """`kill -9` of parity; with `group` of its Compose as well, as when the power fails."""
    if group:
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.stderr.close()
    process.wait()


def seconds_of(project, *arguments: str) -> float:
    start = time.monotonic()
    project.parity(*arguments)
    return time.monotonic() - start


def page(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
        return answer.read().decode()


def names(client, stack: str) -> list[str]:
    """Every container with the stack's name in its name: Compose renames what it replaces."""
    found = client.api.containers(all=True, filters={"name": stack})
    return sorted(row["Names"][0].lstrip("/") for row in found)


def told(process: subprocess.Popen[str], text: str) -> str:
    """What the process said up to the line that holds `text`."""
    said = ""
    for line in process.stderr:
        said += line
        if text in line:
            return said
    pytest.fail(f"it ended without saying {text!r}:\n{said}")


def test_kill_9_of_up_at_random_moments_is_healed_by_up_or_down(project, client):
    pair = project("pair", COLOUR="start")
    chance = random.Random(SEED)
    cold = seconds_of(pair, "up")
    pair.env["COLOUR"] = "measure"
    warm = seconds_of(pair, "up")
    name, port, there = pair.name, pair.port("web"), True
    for number in range(MOMENTS):
        pair.env["COLOUR"] = f"colour-{number}"
        process = begin(pair, "up")
        time.sleep(chance.uniform(0, warm if there else cold))
        kill(process, group=number % 3 == 2)
        if number % 4 == 3:
            pair.parity("down", *(["--volumes"] if number % 8 == 7 else []))
            assert names(client, name) == [], f"moment {number}"
            there = False
            continue
        (published,) = pair.json("up")["ports"]
        assert published["address"] == f"127.0.0.1:{port}", f"moment {number}: the port is kept"
        assert page(port) == f"colour-{number}", f"moment {number}"
        expected = [f"{name}-{one}-1" for one in ("parity-gateway", "store", "web")]
        assert names(client, name) == expected, f"moment {number}"
        there = True
    pair.parity("down", "--volumes")
    ours = {"label": f"dev.parity.stack={name}"}
    assert client.networks.list(filters=ours) == []
    assert client.volumes.list(filters=ours) == []
    assert names(client, name) == []


def test_up_after_kill_9_waits_for_the_compose_that_is_left(project, client):
    pair = project("pair")
    name = pair.name
    process = begin(pair, "up")
    compose = compose_of(name, process)
    os.kill(compose, signal.SIGSTOP)
    try:
        kill(process)
        again = begin(pair, "up")
        told(again, f"another parity command works on {name}")
    finally:
        os.kill(compose, signal.SIGCONT)
    _, said = again.communicate(timeout=60)
    assert again.returncode == 0, said
    assert page(pair.port("web")) == "blue"
    assert len(names(client, name)) == 3


def compose_of(stack: str, process: subprocess.Popen[str]) -> int:
    """The process that creates the stack's containers, as soon as it is there."""
    while process.poll() is None:
        listing = subprocess.run(["ps", "-eww", "-o", "pid=,args="], capture_output=True, text=True)
        for line in listing.stdout.splitlines():
            if f"--project-name {stack} create" in line:
                return int(line.split()[0])
    pytest.fail(f"no Compose was started: {process.stderr.read()}")


def test_kill_9_of_down_is_healed_by_down_and_by_up(project, client):
    pair = project("pair")
    chance = random.Random(SEED)
    pair.parity("up")
    name, port = pair.name, pair.port("web")
    for number in range(2):
        process = begin(pair, "down")
        told(process, "removed")
        kill(process)
        if number == 0:
            pair.parity("up")
            assert page(port) == "blue"
    pair.parity("down", "--volumes")
    assert names(client, name) == []
    process = begin(pair, "down")
    time.sleep(chance.uniform(0.1, 0.5))
    kill(process)
    pair.parity("down")


def test_kill_9_of_lock_leaves_a_whole_lock_or_none(project):
    pair = project("pair")
    chance = random.Random(SEED)
    limit = seconds_of(pair, "lock")
    whole = (pair.root / "parity.lock").read_text()
    for _ in range(6):
        (pair.root / "parity.lock").unlink(missing_ok=True)
        process = begin(pair, "lock")
        time.sleep(chance.uniform(limit / 2, limit))
        kill(process)
        if (pair.root / "parity.lock").exists():
            assert (pair.root / "parity.lock").read_text() == whole
    pair.parity("lock")
    assert (pair.root / "parity.lock").read_text() == whole


def test_kill_9_at_the_first_write_of_secrets_leaves_a_whole_file_or_none(project):
    mini = project("mini")
    mini.parity("lock")
    chance = random.Random(SEED)
    limit = seconds_of(mini, "config", "--services")
    secrets = mini.root / ".parity" / "secrets.json"
    for _ in range(6):
        secrets.unlink(missing_ok=True)
        process = begin(mini, "config", "--services")
        time.sleep(chance.uniform(limit / 2, limit))
        kill(process)
        if secrets.exists():
            assert json.loads(secrets.read_text())["stacks"]
            assert secrets.stat().st_mode & 0o077 == 0
    mini.parity("config", "--services")
    assert json.loads(secrets.read_text())["stacks"]


@pytest.mark.parametrize("moment", ["· create", "parity-gateway   started", "store            started"])  # fmt: skip
def test_ctrl_c_of_up_gives_one_line_of_advice_and_the_next_up_completes(project, moment):
    pair = project("pair")
    if moment.startswith("store"):
        pair.edit("compose.yaml", '["CMD", "redis-cli", "ping"]', '["CMD", "false"]')
    process = begin(pair, "up")
    told(process, moment)
    assert interrupted(process) == [
        "interrupted; the next `parity up` or `parity down` puts things right"
    ]
    if moment.startswith("store"):
        pair.edit("compose.yaml", '["CMD", "false"]', '["CMD", "redis-cli", "ping"]')
    pair.parity("up")
    assert page(pair.port("web")) == "blue"


def test_ctrl_c_does_not_wait_for_a_registry_that_does_not_answer(project):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        pair = project("pair", REGISTRY=f"127.0.0.1:{silent.getsockname()[1]}")
        process = begin(pair, "lock")
        caller, _ = silent.accept()
        start = time.monotonic()
        lines = interrupted(process)
        assert time.monotonic() - start < 5
        caller.close()
    assert lines == ["interrupted"], "nothing was begun that has to be put right"
    assert not (pair.root / "parity.lock").exists()


def interrupted(process: subprocess.Popen[str]) -> list[str]:
    """Ctrl-C as a terminal sends it; what was said after it, progress left out."""
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 130, said
    assert "Traceback" not in said
    return [line for line in said.splitlines() if not line.lstrip()[:1].isdigit()]


@pytest.mark.parametrize("old_is_gone", [True, False])
def test_a_replacement_that_compose_left_half_done_is_finished(project, client, old_is_gone):
    pair = project("pair")
    pair.parity("up")
    name = pair.name
    web = client.containers.get(f"{name}-web-1")
    if old_is_gone:
        web.rename(f"0123456789ab_{name}-web-1")
    else:
        labels = {k: v for k, v in web.labels.items() if not k.endswith("config-hash")}
        client.containers.create(web.image.id, name=f"0123456789ab_{name}-web-1", labels=labels)
    pair.parity("up")
    assert page(pair.port("web")) == "blue"
    assert names(client, name) == [f"{name}-{one}-1" for one in ("parity-gateway", "store", "web")]
    assert client.containers.get(f"{name}-web-1").id == web.id, "what runs well is not replaced"
