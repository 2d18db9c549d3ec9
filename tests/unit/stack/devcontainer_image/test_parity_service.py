"""The keeper of an editor's container: whatever the command does, it stays, and others may ask it."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

import parity.stack

KEEPER = Path(parity.stack.__file__).parent / "devcontainer_image" / "parity-service"
SECONDS = 60


class Kept:
    """A keeper with a folder of its own, as in a container."""

    def __init__(self, folder):
        self.env = {**os.environ, "PARITY_SERVICE_DIR": str(folder), "PARITY_SERVICE_PAUSE": "0.2"}
        self.status = folder / "status"
        self.process = None

    def begin(self, *arguments):
        self.process = subprocess.Popen(["sh", str(KEEPER), *arguments], env=self.env)

    def ask(self, word):
        done = subprocess.run(
            ["sh", str(KEEPER), word], env=self.env, capture_output=True, text=True, timeout=SECONDS
        )
        return done.stdout.strip()

    def says(self, text):
        end = time.monotonic() + SECONDS
        while not (self.status.exists() and text in self.status.read_text()):
            assert time.monotonic() < end, f"never said {text!r}"
            time.sleep(0.05)


@pytest.fixture
def kept(tmp_path):
    one = Kept(tmp_path)
    yield one
    if one.process and one.process.poll() is None:
        one.process.terminate()
        one.process.wait(SECONDS)


def test_a_command_is_ended_begun_again_and_outlived(kept, tmp_path):
    pid = tmp_path / "pid"
    kept.begin("run", "sh", "-c", f"echo $$ > {pid}; exec sleep 600")
    kept.says("running")
    assert kept.ask("stop").startswith("stopped")
    first = pid.read_text()
    assert kept.ask("start").startswith("running")
    assert kept.ask("restart").startswith("running")
    assert kept.ask("status").startswith("running")
    assert pid.read_text() != first
    assert kept.process.poll() is None


def test_a_command_that_fails_is_tried_again_and_then_left(kept, tmp_path):
    count = tmp_path / "count"
    kept.begin("run", "sh", "-c", f"echo x >> {count}; exit 7")
    end = time.monotonic() + SECONDS
    while not (count.exists() and len(count.read_text().split()) == 5):
        assert time.monotonic() < end
        time.sleep(0.05)
    kept.says("ended with code 7")
    assert kept.process.poll() is None


def test_a_held_command_waits_for_its_start(kept):
    kept.begin("hold", "sleep", "600")
    kept.says("not started")
    assert kept.ask("start").startswith("running")


@pytest.mark.parametrize("name", ["TERM", "INT", "QUIT"])
def test_what_ends_the_container_ends_the_command(kept, tmp_path, name):
    told = tmp_path / "told"
    script = f"trap 'echo got > {told}; exit 0' TERM {name}; echo y > {tmp_path}/up; while :; do sleep 0.1; done"
    kept.begin("run", "sh", "-c", script)
    end = time.monotonic() + SECONDS
    while not (tmp_path / "up").exists():
        assert time.monotonic() < end
        time.sleep(0.05)
    kept.process.send_signal(getattr(signal, f"SIG{name}"))
    assert kept.process.wait(SECONDS) == 0
    assert told.read_text() == "got\n"


def test_another_word_is_refused(kept):
    done = subprocess.run(["sh", str(KEEPER), "dance"], capture_output=True, text=True)
    assert done.returncode == 2
    assert "usage" in done.stderr
