"""`parity demo` on the command line, its commands replaced."""

import pytest
from typer.testing import CliRunner

from parity.actions import demo as actions
from parity.cli.commands import demo as command
from parity.cli.main import app
from parity.process import Completed

OUT = {
    "up": "demo: 7 services changed, 0 left as they are\nproxy   127.0.0.1:1  https://127.0.0.1:1\n",
    "check": "dev and prod differ in 1 finding\n\nservices.cache.command\n  a full Redis\n\nx",
    "save": "demo: 3 files",
    "test": "2 passed in 1s\n2 tests on forks from demo",
    "reset": "demo-1 stands on demo: db made again",
    "exec": "30000",
    "down": "demo-1: 9 containers removed",
}


@pytest.fixture
def ran(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    verbs = []

    def run(argv, *, env, cwd, timeout, holding):
        verbs.append(argv[3])
        code = {"check": 1}.get(argv[3], 0)
        return Completed(tuple(argv), code, OUT.get(argv[3], ""), "")

    monkeypatch.setattr(actions.process, "run", run)
    return verbs


def play(*options):
    return CliRunner().invoke(app, ["demo", *options])


def test_each_step_says_why_and_what_is_typed(ran, tmp_path):
    done = play()
    assert done.exit_code == 0, done.output
    text = done.output
    assert (
        text.index("$ parity up\n")
        < text.index("$ parity check\n")
        < text.index("$ parity reset\n")
    )
    assert "proxy   127.0.0.1:1  https://127.0.0.1:1" in text
    assert text.index("$ parity down --volumes\ndemo-1: 9 containers removed\n") > 0
    assert " commands in 0 s" in text.splitlines()[-1]
    assert ran[-2:] == ["down", "drop"]
    assert not (tmp_path / "parity" / "demo").exists()


def test_it_can_stay_and_be_removed_later(ran, tmp_path):
    assert "`parity demo --clean` removes it" in play("--keep").output
    assert (tmp_path / "parity" / "demo").exists()
    assert "9 containers removed" in play("--clean").output
    assert "no demo has left anything" in play("--clean").output


def test_an_interrupted_demo_cleans_up(ran, monkeypatch):
    def stop(found):
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "_play", stop)
    done = play()
    assert done.exit_code != 0
    assert ran == ["down", "drop"]


def test_time_passes_visibly_on_a_terminal_only(monkeypatch, capsys):
    monkeypatch.setattr(command, "_TICK", 0.001)
    with command._ticking():
        pass
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(command.sys.stderr, "isatty", lambda: True)
    with command._ticking():
        command.time.sleep(0.05)
    assert "0 s" in capsys.readouterr().err
