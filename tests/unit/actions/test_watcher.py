import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import pytest

from parity.actions import down as down_module
from parity.actions import slots, watcher
from parity.actions.watcher import Ward, left, take_down


def line(verb, ward):
    return json.dumps([verb, asdict(ward)]) + "\n"


A = Ward("/project", "shop-t1", "shop", 1)
B = Ward("/project", "shop", "shop", forks=("f1", "f2"))


def test_what_was_not_forgotten_is_left():
    assert left([line("watch", A), line("watch", B), line("watch", A), line("forget", A)]) == [B]
    assert left([]) == []
    assert left([line("forget", A)]) == []


@pytest.fixture
def downs(monkeypatch):
    found = []
    monkeypatch.setattr(
        down_module, "down", lambda session, progress, volumes: found.append((session, volumes))
    )
    return found


def test_a_stack_goes_with_its_data(tmp_path, downs):
    slots.take(tmp_path / ".parity", "made, so that the folder is there")
    take_down(Ward(str(tmp_path), "shop-t2", "shop", 2))
    session, volumes = downs[0]
    assert volumes
    assert session.identity.name == "shop-t2"
    assert session.identity.worktree == str(tmp_path)


def test_a_slot_that_another_run_has_is_left_alone(tmp_path, downs):
    number = slots.take(tmp_path / ".parity", "another run").number
    take_down(Ward(str(tmp_path), "shop-t1", "shop", number))
    assert downs == []


def test_a_project_that_is_gone_is_nothing_to_do(tmp_path, downs):
    take_down(Ward(str(tmp_path / "gone"), "shop-t1", "shop", 1))
    assert downs == []


OWNER = """
import sys, time
from parity.actions.watcher import Ward, watcher
watcher().watch(Ward(sys.argv[1], "shop-t1", "shop", 1))
watcher().watch(Ward(sys.argv[1], "shop-t2", "shop", 2))
watcher().forget(Ward(sys.argv[1], "shop-t2", "shop", 2))
print(watcher()._apart.pid, flush=True)
time.sleep(60)
"""


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


@pytest.mark.skipif(not os.path.exists("/proc"), reason="looks at processes in /proc")
def test_it_outlives_a_kill_of_its_owner_and_then_ends(tmp_path):
    argv = [sys.executable, "-c", OWNER, str(tmp_path / "gone")]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, start_new_session=True) as owner:
        pid = int(owner.stdout.readline())
        assert not gone(pid)
        os.killpg(owner.pid, signal.SIGKILL)
    end = time.monotonic() + 20
    while not gone(pid):
        assert time.monotonic() < end, "the watcher stays though there is nothing left to do"
        time.sleep(0.02)


def test_a_watcher_that_was_killed_does_not_break_the_tests(monkeypatch):
    class Dead:
        pid = 1

        def __init__(self, *arguments, **more):
            pass

        def say(self, text):
            raise BrokenPipeError

        def let_go(self):
            pass

    monkeypatch.setattr(watcher, "Apart", Dead)
    made = watcher.Watcher()
    made.watch(A)
    made.forget(A)
    made.end()
