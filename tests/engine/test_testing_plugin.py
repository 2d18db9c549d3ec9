"""The pytest plugin and `parity run --fork`: forks from the state, none left, whatever happens."""

import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

pytestmark = pytest.mark.engine

CHECKS = Path(__file__).parent / "projects" / "testing_plugin" / "checks.py"


def named(mini):
    mini.edit("parity.toml", 'name = "mini"', f'name = "mini-{uuid.uuid4().hex[:6]}"')
    return mini


@pytest.fixture(scope="module")
def seeded(tmp_path_factory, client, open_project):
    """The small production with a start state, for all tests: each has a fork of it, if anything.

    States belong to a project's name, so it has one of its own.
    """
    root = tmp_path_factory.mktemp("seeded") / "mini"
    shutil.copytree(CHECKS.parents[1] / "mini", root)
    mini = named(open_project(root))
    mini.edit("compose.yaml", '"--save", ""', '"--appendonly", "yes", "--dir", "/data"')
    mini.edit("compose.yaml", "  store:\n    image", '  store:\n    user: "0:0"\n    image')
    (root / "tests").mkdir()
    shutil.copy(CHECKS, root / "tests" / "test_checks.py")
    mini.parity("up")
    mini.parity("save", "seeded")
    yield mini
    mini.parity("drop", "--force", "seeded", check=False)
    mini.parity("down", "--volumes")
    label = {"label": f"dev.parity.worktree={root.resolve()}"}
    assert client.containers.list(all=True, filters=label) == []
    assert client.networks.list(filters=label) == []
    assert client.volumes.list(filters=label) == []


@pytest.fixture(autouse=True)
def _clean(request):
    """What asks a test to fail or sleep is gone, and so is every fork."""
    yield
    if "seeded" in request.fixturenames:
        mini = request.getfixturevalue("seeded")
        for name in ("fail", "sleep"):
            (mini.root / name).unlink(missing_ok=True)
        left = [fork["name"] for fork in forks(mini)]
        for name in left:
            mini.parity("down", "--fork", name)
        assert left == []


def run_tests(project, *arguments, start=False):
    argv = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    if start:
        pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        return subprocess.Popen(argv, cwd=project.root, **pipe)
    return subprocess.run(argv, cwd=project.root, capture_output=True, text=True, timeout=300)


def forks(project):
    return project.json("forks")["forks"]


def test_tests_have_forks_of_their_own_and_nothing_is_left(seeded):
    done = run_tests(
        seeded, "-n", "2", "--dist", "load", "--junitxml=out.xml", "-k", "not together"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cases = ET.parse(seeded.root / "out.xml").iter("testcase")
    case = next(one for one in cases if one.get("name") == "test_services_are_reached_from_here")
    told = {one.get("name"): one.get("value") for one in case.iter("property")}
    assert told["parity.state"] == "seeded"
    assert told["parity.state_digest"].startswith("sha256:")
    assert told["parity.definition"].startswith("sha256:")
    assert told["parity.image.store"].startswith("sha256:")
    assert told["parity.began"] == "proved"
    assert forks(seeded) == []


def test_a_module_may_share_a_fork_and_the_header_says_what_it_stands_on(seeded):
    done = run_tests(seeded)
    assert done.returncode == 0, done.stdout + done.stderr
    header = next(line for line in done.stdout.splitlines() if line.startswith("parity: "))
    assert "state seeded (sha256:" in header
    assert "2 images of parity.lock" in header
    assert "8 passed, 2 skipped" in done.stdout
    assert forks(seeded) == []


def test_the_fork_of_a_failure_is_kept_on_request(seeded):
    (seeded.root / "fail").touch()
    done = run_tests(seeded, "-k", "fails", "--parity-keep-failed")
    assert done.returncode == 1
    assert "Log of service web" in done.stdout
    assert "GET / HTTP" in done.stdout
    kept = forks(seeded)
    assert len(kept) == 1
    stack, name = kept[0]["stack"], kept[0]["name"]
    assert f"parity -p {stack} exec SERVICE sh" in done.stdout
    got = seeded.parity("-p", stack, "exec", "-T", "store", "redis-cli", "get", "evidence")
    assert got.stdout.strip() == "kept"
    seeded.parity("down", "--fork", name)
    assert run_tests(seeded, "-k", "fails").returncode == 1
    assert forks(seeded) == [], "without the option it goes"


def test_a_run_that_is_killed_leaves_no_fork(seeded, client, until):
    sleeper = seeded.root / "sleep"
    sleeper.touch()
    run = run_tests(seeded, "-k", "sleeps", start=True)
    until(sleeper.read_text, seconds=60, what="the test's start")
    label = {"label": f"dev.parity.stack={sleeper.read_text()}"}
    assert client.containers.list(filters=label)
    run.send_signal(signal.SIGKILL)
    run.communicate()
    until(
        lambda: not client.networks.list(filters=label), seconds=60, what="the end of its networks"
    )
    until(lambda: not client.volumes.list(filters=label), seconds=10, what="the end of its data")
    assert client.containers.list(all=True, filters=label) == []


def test_without_a_state_forks_begin_with_nothing(project):
    mini = named(project())
    (mini.root / "test_empty.py").write_text(
        "def test_empty(parity_fork):\n"
        "    assert parity_fork.state == ''\n"
        "    store = parity_fork['store']\n"
        "    assert store.exec(['redis-cli', 'get', 'greeting']).output == b'hello\\n'\n"
    )
    done = run_tests(mini)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no start state: forks begin empty" in done.stdout


def test_parity_test_proves_and_reports(seeded):
    (seeded.root / "fail").touch()
    report = seeded.root / "out" / "report.html"
    report.parent.mkdir()
    arguments = ["test", "--json", "--html", str(report), "-n", "2", "--", "-k", "state or fails"]
    done = seeded.parity(*arguments, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    told = json.loads(done.stdout)
    outcomes = sorted((one["outcome"], one["fork"] is not None) for one in told["tests"])
    assert outcomes == [("failed", True), *[("passed", True)] * 3]
    assert (told["on_forks"], told["proved"]) == (4, 4)
    assert told["state"]["name"] == "seeded"
    page = report.read_text()
    assert told["state"]["digest"] in page
    assert "1 of 4 tests failed" in page
    assert "Log of service web" in page
    assert "parity test --state seeded -- tests/test_checks.py::test_that_fails" in page
    assert "http://" not in page.partition("<main")[0], "it loads nothing"
    assert (seeded.root / ".parity" / "testing" / "junit.xml").is_file()
    assert forks(seeded) == []
    (seeded.root / "fail").unlink()
    alone = seeded.parity("test", "--state", "seeded", "--", "-k", "state[2]")
    assert "1 test on forks from seeded" in alone.stderr
    assert seeded.parity("test", "--", "-k", "nothing", check=False).returncode == 2
    assert seeded.parity("test", "--state", "nope", check=False).returncode == 2


def test_run_gives_a_command_a_fork_of_its_own(seeded):
    script = (
        "import os, json; keys = ['REDIS_URL', 'PARITY_STATE', 'PARITY_FORK', 'PARITY_STACK', "
        "'PARITY_WEB_URL']; print(json.dumps([os.environ[key] for key in keys])); raise SystemExit(7)"
    )
    done = seeded.parity("run", "--fork", "--", sys.executable, "-c", script, check=False)
    assert done.returncode == 7, done.stderr
    url, state, fork, stack, web = json.loads(done.stdout)
    assert url.startswith("redis://127.0.0.1:")
    assert web.startswith("http://127.0.0.1:")
    assert state == "seeded"
    assert stack == f"{seeded.name}-{fork}"
    assert forks(seeded) == []


def test_run_without_a_fork_is_beside_the_stack(seeded):
    done = seeded.parity("run", "--", "sh", "-c", "echo $PARITY_WEB_PORT $PARITY_FORK")
    assert done.stdout.split() == [str(seeded.port("web"))]
    assert seeded.parity("run", "--", "no-such-command", check=False).returncode == 2
    assert seeded.parity("run", "--state", "x", "--", "true", check=False).returncode == 2
    done = seeded.parity("-p", "nobody", "run", "--", "true", check=False)
    assert done.returncode == 2
    assert "is not up" in done.stderr


SLEEP = "import time; print('begun', flush=True); time.sleep(600)"


def test_a_signal_reaches_the_command_and_its_fork_goes(seeded):
    run = seeded.start("run", "--fork", "--", sys.executable, "-c", SLEEP)
    assert run.stdout.readline() == "begun\n"
    run.send_signal(signal.SIGTERM)
    out, err = run.communicate(timeout=60)
    assert run.returncode == 128 + signal.SIGTERM, out + err
    assert forks(seeded) == []


def test_a_killed_run_leaves_no_fork(seeded, client, until):
    run = seeded.start("run", "--fork", "--", "sh", "-c", "echo $PARITY_STACK; exec sleep 5")
    label = {"label": f"dev.parity.stack={run.stdout.readline().strip()}"}
    assert client.networks.list(filters=label)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    until(lambda: not client.networks.list(filters=label), seconds=60, what="the end of the fork")
    until(lambda: not client.volumes.list(filters=label), seconds=10, what="the end of its data")


def test_a_stack_for_tests_can_be_a_fork_with_every_port(seeded, monkeypatch):
    from parity.testing import ParityStack, RedisContainer

    monkeypatch.chdir(seeded.root)
    with ParityStack(state="seeded", services=["store"]) as stack:
        assert {c.Service for c in stack.get_containers()} == {"store"}
        assert stack.get_service_port("store", 6379) == stack.get_exposed_port(6379)
        assert stack.exec(["redis-cli", "get", "greeting"], "store").output == b"hello\n"
        stack.exec_in_container(["redis-cli", "set", "greeting", "changed"], "store")
        assert "Ready to accept connections" in "".join(stack.get_logs("store"))
    with RedisContainer(state="seeded", service="store") as store:
        assert store.exec(["redis-cli", "get", "greeting"]).output == b"hello\n"
        assert store.get_connection_url().endswith(f":{store.get_exposed_port(6379)}/0")
    assert forks(seeded) == []
