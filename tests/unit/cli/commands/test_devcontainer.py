"""What `parity devcontainer` prints, and its exit codes."""

import json
from types import SimpleNamespace

import pytest

TOML = """\
[project]
name = "shop"
[environments.prod]
files = ["compose.yaml"]
[devcontainer]
service = "web"
"""
COMPOSE = 'services: {web: {image: "web:1"}}\n'


def test_the_first_time_writes_and_says_what_is_next(project, cli):
    folder = project(COMPOSE, TOML)
    code, out, err = cli("devcontainer", directory=folder)
    assert (code, out) == (0, "")
    assert ".devcontainer/devcontainer.json: written" in err
    assert "next: commit them" in err
    code, _, err = cli("devcontainer", directory=folder)
    assert code == 0
    assert "next:" not in err


def test_a_file_that_is_there_is_shown_as_a_diff(project, cli):
    folder = project(COMPOSE, TOML)
    (folder / ".devcontainer").mkdir()
    (folder / ".devcontainer" / "Dockerfile").write_text("FROM \x1b[31mmine\n")
    code, out, err = cli("devcontainer", directory=folder)
    assert code == 1
    assert "-FROM \\x1b[31mmine" in out
    assert "left as it is" in err


def test_a_check_says_what_is_missing(project, cli):
    folder = project(COMPOSE, TOML)
    code, _, err = cli("devcontainer", "--check", directory=folder)
    assert code == 1
    assert "`parity devcontainer` writes it" in err


def test_the_answer_as_json(project, cli):
    code, out, _ = cli("devcontainer", "--json", directory=project(COMPOSE, TOML))
    assert code == 0
    assert [row["done"] for row in json.loads(out)["files"]] == ["written", "written"]


@pytest.fixture
def started(monkeypatch):
    from parity.actions import devcontainer_start

    result = SimpleNamespace(resolved=SimpleNamespace(identity=SimpleNamespace(name="shop-1")))
    monkeypatch.setattr(devcontainer_start, "start", lambda *_: result)
    monkeypatch.setattr(devcontainer_start, "stop", lambda *_: result)


def test_findings_stop_no_editor(project, cli, started):
    code, out, err = cli("devcontainer", "start", directory=project(COMPOSE, TOML))
    assert code == 0
    assert "shop-1: web is ready for an editor" in err
    assert out


def test_a_check_that_cannot_look_stops_no_editor(project, cli, started, monkeypatch):
    from parity.cli.commands import check
    from parity.errors import UsageError

    def broken(*_):
        raise UsageError("no", next_step="mend")

    monkeypatch.setattr(check, "check", broken)
    code, _, err = cli("devcontainer", "start", directory=project(COMPOSE, TOML))
    assert code == 0
    assert "error: no" in err


def test_a_stop_says_what_is_there_now(project, cli, started):
    code, _, err = cli("devcontainer", "stop", directory=project(COMPOSE, TOML))
    assert code == 0
    assert "shop-1 is as production defines it" in err
