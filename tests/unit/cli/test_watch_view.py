"""The view, JSON Lines, and when which of them is shown."""

import io
import json

import pytest

from parity.cli import watch_view
from parity.cli.watch_view import Board, shown
from parity.model.progress import Step
from parity.watch.told import Told

SERVICES = [
    {"service": "web", "name": "s-web-1", "state": "running", "address": "127.0.0.1:8000"},
    {"service": "db", "name": "s-db-1", "state": "running (unhealthy)", "address": ""},
]
READY = {"rules": 1, "findings": 2, "urls": ["http://127.0.0.1:8000"], "branch": "main",
         "services": SERVICES}  # fmt: skip


def picture(board, width=100):
    from rich.console import Console

    out = io.StringIO()
    Console(file=out, width=width, no_color=True).print(board.render())
    return out.getvalue()


@pytest.fixture
def board():
    made = Board()
    made.tell(Told("ready", "shop-abc", 2.0, READY))
    return made


def test_before_anything_is_told():
    board = Board()
    board.step(Step("web", "started"))
    assert "web: started" in picture(board)


def test_it_shows_stack_branch_address_and_services(board):
    shows = picture(board)
    assert shows.splitlines()[0].split() == ["shop-abc", "main", "http://127.0.0.1:8000"]
    assert "unhealthy" in shows
    assert "2 findings: `parity check`" in shows


def test_a_change_and_its_effect_stand_together(board):
    board.tell(Told("change", "compose.yaml"))
    board.tell(Told("effect", "web recreate: TZ: a -> b", 1.5, {"effect": "up"}))
    rows = picture(board).splitlines()
    place = next(n for n, row in enumerate(rows) if "compose.yaml" in row)
    assert rows[place + 1].strip() == "web recreate: TZ: a -> b  (1.5 s)"


def test_a_problem_stays_until_something_works(board):
    board.tell(Told("broken", "no YAML", data={"where": "compose.yaml:3"}))
    assert "compose.yaml:3" in picture(board)
    board.tell(Told("mended", "can be read again"))
    assert "compose.yaml:3" not in picture(board)


def test_findings_are_those_that_are_new(board):
    row = {"severity": "error", "rule": "EN001", "setting": "a.b", "message": "differs"}
    told = Told("findings", "1 new, 0 gone, 3 in all", 0.1, {"new": [row], "total": 3})
    board.tell(told)
    shows = picture(board)
    assert "error EN001 a.b: differs" in shows
    assert "3 findings" in shows


def test_a_long_day_does_not_fill_the_screen(board):
    for number in range(100):
        board.tell(Told("change", f"f{number}.py"))
        board.tell(Told("effect", "1 file into web", 0.1))
    assert len(picture(board).splitlines()) < 30


def test_branch_and_services_follow(board):
    board.tell(Told("change", "branch x", data={"branch": "x"}))
    board.tell(Told("services", data={"services": SERVICES[:1]}))
    assert picture(board).splitlines()[0].split()[1] == "x"
    assert "unhealthy" not in picture(board)


def test_a_narrow_terminal_and_hostile_names(board):
    board.tell(Told("change", "\x1b[2J" + "x" * 300))
    assert "\x1b[2J" not in picture(board, width=40)


def test_json_lines(capsys):
    with shown(machine=True) as (tell, progress):
        tell(Told("effect", "web", 0.5, {"changed": ["web"]}))
        tell(Told("services", data={"services": []}))
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert progress is None
    assert [row["event"] for row in rows] == ["effect", "services"]
    assert rows[0]["schema"] == 1
    assert rows[0]["changed"] == ["web"]


def test_a_pipe_gets_lines(capsys):
    with shown(machine=False) as (tell, progress):
        tell(Told("change", "compose.yaml"))
    assert progress is None
    assert capsys.readouterr().out.split(maxsplit=1)[1] == "changed: compose.yaml\n"


def test_a_terminal_gets_the_view_and_pytest_the_terminal(monkeypatch, capsys):
    monkeypatch.setattr(watch_view, "_redraws", lambda: True)
    with shown(machine=False) as (tell, progress):
        progress(Step("web", "started"))
        tell(Told("ready", "shop-abc", 2.0, READY))
        tell(Told("testing", "pytest"))
        tell(Told("tests", "1 passed", 1.0, {"again": "parity test"}))
    assert "shop-abc" in capsys.readouterr().out


@pytest.mark.parametrize(("term", "ansi"), [("dumb", ""), ("", ""), ("xterm", "never")])
def test_terminals_that_cannot_redraw(monkeypatch, term, ansi):
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("TERM", term)
    monkeypatch.setenv("PARITY_ANSI", ansi)
    assert not watch_view._redraws()


def test_a_job_that_is_done_is_no_alarm():
    from parity.cli.watch_view import _colour

    assert _colour("done (its work is in the start state)") == _colour("exited (0)") == "dim"
    assert _colour("created") == _colour("exited (1)") == "red"
