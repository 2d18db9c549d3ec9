import subprocess
import sys

import pytest

from parity.actions import slots


@pytest.fixture
def state(tmp_path):
    return tmp_path / ".parity"


def test_the_same_key_is_the_same_slot_and_another_key_another(state):
    assert slots.take(state, "a").number == 1
    assert slots.take(state, "b").number == 2
    assert slots.take(state, "a").number == 1


def test_two_projects_count_for_themselves(state, tmp_path):
    other = tmp_path / "other" / ".parity"
    assert slots.take(state, "a").number == slots.take(other, "a").number == 1


HOLD = """
import sys
from pathlib import Path
from parity.actions import slots
print(slots.take(Path(sys.argv[1]), "x").number, flush=True)
sys.stdin.read()
"""


def test_a_slot_of_another_process_is_passed_over_and_comes_back_when_it_is_killed(state):
    argv = [sys.executable, "-c", HOLD, str(state)]
    with subprocess.Popen(argv, stdin=-1, stdout=-1, text=True) as other:
        assert other.stdout.readline() == "1\n"
        with slots.nobodys(state, 1) as free:
            assert not free
        assert slots.take(state, "mine").number == 2
        other.kill()
    with slots.nobodys(state, 1) as free:
        assert free
    assert slots.take(state, "next").number == 1


def test_git_never_sees_the_files(state):
    slots.take(state, "a")
    assert "*" in (state / ".gitignore").read_text()
