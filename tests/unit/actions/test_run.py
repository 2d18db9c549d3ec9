import os
import signal
import subprocess
import sys
import threading
import time
from types import SimpleNamespace

import pytest

from parity import process
from parity.actions import run as module
from parity.errors import EngineError, UsageError
from parity.model.progress import silent
from parity.model.state import Fork, State

STATE = State("s1", "seeded", "shop", "sha256:0", "", "reflink", ())


class Watcher:
    def __init__(self):
        self.said = []

    def watch(self, ward):
        self.said.append(("watch", ward.forks))

    def forget(self, ward):
        self.said.append(("forget", ward.forks))


@pytest.fixture
def world(monkeypatch):
    found = SimpleNamespace(watcher=Watcher(), ended=[], error=None, asked={}, running=True)

    def fork(session, **asked):
        found.asked = asked
        if found.error:
            raise found.error
        name = asked["name"]
        return (Fork(name, f"{session.identity.name}-{name}", session.identity.name, "s1"),)

    client = SimpleNamespace(close=lambda: None)
    monkeypatch.setattr(module, "fork", fork)
    monkeypatch.setattr(module, "connect", lambda: client)
    monkeypatch.setattr(module, "watcher", lambda: found.watcher)
    monkeypatch.setattr(module, "end", lambda client, session, fork: found.ended.append(fork.name))
    monkeypatch.setattr(module, "exports", lambda client, stack: {"PARITY_STACK": stack})
    monkeypatch.setattr(module.marks, "of_project", lambda project: (STATE,))
    rows = lambda stack: [SimpleNamespace(state="running" if found.running else "exited")]
    monkeypatch.setattr(module.observe, "of_stack", rows)
    return found


PRINT = "import os; print(*(os.environ.get('PARITY_' + n) for n in ('STACK', 'FORK', 'STATE')))"


def test_beside_the_stack(world, session, capfd):
    code = module.run(
        session("services: {}\n"), [sys.executable, "-c", f"{PRINT}; raise SystemExit(3)"]
    )
    assert code == 3
    assert capfd.readouterr().out == "shop-abc123 None None\n"


def test_a_stack_that_is_not_up_says_so(world, session):
    world.running = False
    with pytest.raises(UsageError, match="shop-abc123 is not up"):
        module.run(session("services: {}\n"), ["true"])


def test_in_a_fork_that_goes_afterwards(world, session, capfd):
    argv = [sys.executable, "-c", PRINT]
    made = session("services: {}\n")
    assert module.run_in_fork(made, argv, state="seeded", services=("db",), progress=silent) == 0
    name = world.asked["name"]
    assert capfd.readouterr().out == f"shop-abc123-{name} {name} seeded\n"
    assert (world.asked["state"], world.asked["services"]) == ("seeded", ("db",))
    assert world.asked["lease"].pid == os.getpid()
    assert world.ended == [name]
    assert world.watcher.said == [("watch", (name,)), ("forget", (name,))]


def test_a_fork_that_cannot_be_made_leaves_nothing_either(world, session):
    world.error = EngineError("full")
    with pytest.raises(EngineError):
        module.run_in_fork(session("services: {}\n"), ["true"], progress=silent)
    assert world.ended == [world.asked["name"]]


def test_a_command_that_is_not_there_is_told_before_a_fork_is_made(world, session):
    with pytest.raises(UsageError, match="cannot start no-such-command") as raised:
        module.run_in_fork(session("services: {}\n"), ["no-such-command"], progress=silent)
    assert raised.value.exit_code == 2
    assert (world.asked, world.ended) == ({}, [])


def test_the_colour_mode_of_parity_is_not_the_commands(world, monkeypatch):
    monkeypatch.setenv("PARITY_ANSI", "auto")
    assert "PARITY_ANSI" not in module.environment("shop")
    assert module.environment("shop", {"PARITY_FORK": "f"})["PARITY_FORK"] == "f"


def test_an_empty_fork_has_no_state(world, session):
    found = module.identity(session("services: {}\n"), Fork("f1", "shop-f1", "shop", ""))
    assert found == {"PARITY_FORK": "f1"}


def test_the_local_authority_is_told_where_there_is_one(world, session):
    made = session("services: {}\n")
    assert module.authority(made) == {}
    made.files.authority.mkdir(parents=True)
    file = made.files.authority / "authority.pem"
    file.touch()
    assert module.authority(made) == {"PARITY_AUTHORITY": str(file)}


def test_signals_are_passed_on_and_count_as_in_a_shell():
    before = signal.getsignal(signal.SIGTERM)
    code = "import time; time.sleep(60)"
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGTERM)).start()
    begun = time.monotonic()
    assert process.attach([sys.executable, "-c", code], pass_on=True) == 128 + signal.SIGTERM
    assert time.monotonic() - begun < 30
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_is_talk_goes_to_stderr():
    code = "from parity import process; process.attach(['echo', 'said'], as_talk=True)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "said\n")
