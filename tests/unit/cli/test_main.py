"""The command line: verbs, exit codes, stdout for data and stderr for talk."""

import gc
import json
import os
import sys

import pytest

IMAGE = "a@sha256:" + "00" * 32
COMPOSE = f"""\
services:
  web: {{image: "{IMAGE}", ports: ["80"], environment: {{API: "https://api.example.com"}}}}
"""
VERBS = ["init", "up", "down", "ps", "logs", "exec", "config", "lock", "egress", "doctor"]
VERBS += [
    "save",
    "reset",
    "states",
    "drop",
    "verify",
    "gc",
    "fork",
    "forks",
    "test",
    "run",
    "state",
]


def test_help_lists_every_verb(cli):
    code, out, _ = cli("--help")
    assert code == 0
    assert all(verb in out for verb in VERBS)


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_has_help(cli, verb):
    code, out, _ = cli(verb, "-h")
    assert code == 0
    assert "Usage" in out


def test_the_version_is_told(cli):
    assert cli("--version")[1].startswith("parity ")


@pytest.mark.parametrize(
    "arguments",
    [("nonsense",), ("--progress", "x", "ps"), ("--ansi", "x", "ps"), ("up", "--pull", "x"),
     ("up", "--wait-timeout", "0"), ("ps", "--format", "x"), ("--bad",), ("exec",)],
)  # fmt: skip
def test_a_wrong_call_is_2(cli, project, arguments):
    assert cli(*arguments, directory=project())[0] == 2


@pytest.mark.parametrize(
    "verb",
    ["up", "down", "ps", "logs", "config", "lock", "egress", "save x", "reset", "states", "drop x",
     "verify", "fork", "forks", "run -- true", "test"],
)  # fmt: skip
def test_without_a_project_it_is_2_and_says_what_to_do(cli, tmp_path, verb):
    code, out, err = cli(*verb.split(), directory=tmp_path)
    assert (code, out) == (2, "")
    assert "no parity.toml" in err
    assert "parity init" in err


@pytest.mark.parametrize(
    "verb",
    ["up", "down", "ps", "config", "egress", "save x", "reset", "states", "drop x", "verify", "gc",
     "fork", "forks"],
)  # fmt: skip
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_without_an_engine_it_is_3(cli, project, verb):
    code, out, err = cli(*verb.split(), directory=project(COMPOSE))
    assert (code, out) == (3, "")
    assert "no Docker Engine answers" in err
    assert " next: " in err
    gc.collect()  # the SDK leaves the socket of a failed connection open


def test_a_mistake_in_the_configuration_has_its_line(cli, project):
    root = project(COMPOSE, "[environments.prod]\nfile = []\n")
    code, _, err = cli("ps", directory=root)
    assert code == 2
    assert f"at: {root}/parity.toml:2" in err
    assert "`files`" in err


def test_config_prints_the_document_and_its_parts(cli, project, engine):
    root = project(COMPOSE)
    document = json.loads(cli("config", "--json", directory=root)[1])
    assert set(document["services"]) == {"web", "parity-gateway"}
    assert cli("config", "--services", directory=root)[1].split() == ["web", "parity-gateway"]
    assert cli("config", "--hosts", directory=root)[1].split() == ["api.example.com"]
    assert cli("config", "--images", directory=root)[1].split()[0] == IMAGE
    rows = json.loads(cli("config", "--overrides", "--json", directory=root)[1])["overrides"]
    assert all(row["reason"] for row in rows)
    text = cli("config", "--overrides", directory=root)[1]
    assert "ports:" in text
    code, out, err = cli("config", "--losses", directory=root)
    assert (code, out) == (0, "")
    assert "nothing is lost" in err


def test_the_schema_needs_no_project(cli, tmp_path):
    assert json.loads(cli("config", "--schema", directory=tmp_path)[1])["title"] == "parity.toml"


def test_a_dry_run_prints_the_plan_and_changes_nothing(cli, project, engine):
    root = project(COMPOSE)
    code, out, _ = cli("up", "--dry-run", directory=root)
    assert code == 0
    assert "create" in out
    tree = json.loads(cli("up", "--dry-run", "--json", directory=root)[1])
    assert {row["action"] for row in tree["plan"]} == {"create"}
    assert tree["changed"]
    assert not (root / "parity.lock").exists()


def test_files_on_the_command_line_need_no_configuration(cli, tmp_path, engine):
    (tmp_path / "other.yaml").write_text(COMPOSE)
    code, out, err = cli(
        "-f", str(tmp_path / "other.yaml"), "config", "--services", directory=tmp_path
    )
    assert (code, out.split()) == (0, ["web", "parity-gateway"]), err


def test_the_stacks_name_can_be_given(cli, project, engine, monkeypatch):
    root = project(COMPOSE)
    assert json.loads(cli("-p", "mine", "ps", "--json", directory=root)[1])["stack"] == "mine"
    monkeypatch.setenv("PARITY_STACK", "theirs")
    assert json.loads(cli("ps", "--json", directory=root)[1])["stack"] == "theirs"
    assert cli("-p", "Not A Name", "ps", directory=root)[0] == 2


def test_ps_says_when_nothing_is_up(cli, project, engine):
    code, out, err = cli("ps", directory=project(COMPOSE))
    assert (code, out) == (0, "")
    assert "is not up" in err


def test_init_writes_and_says_so(cli, tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    code, out, err = cli("init", directory=tmp_path)
    assert (code, out.strip()) == (0, str(tmp_path / "parity.toml"))
    assert "prod        compose" in err
    assert cli("init", directory=tmp_path)[0] == 2
    (tmp_path / "parity.toml").unlink()
    assert json.loads(cli("init", "--json", directory=tmp_path)[1])["used"] == ["compose.yaml"]


def test_a_lock_that_is_not_there_or_does_not_fit(cli, project):
    root = project(COMPOSE)
    assert cli("lock", "--frozen", directory=root)[0] == 2
    assert cli("lock", directory=root)[0] == 0
    assert cli("lock", "--frozen", directory=root)[0] == 0
    (root / "compose.yaml").write_text(COMPOSE.replace("80", "81"))
    assert cli("lock", "--frozen", directory=root)[0] == 1
    (root / "parity.lock").write_text("<<<<<<<")
    assert cli("lock", "--frozen", directory=root)[0] == 2


def test_the_doctor_fails_with_3_where_nothing_answers(cli, tmp_path):
    code, out, _ = cli("doctor", directory=tmp_path)
    assert code == 3
    assert "failed" in out
    code, out, _ = cli("doctor", "--json", directory=tmp_path)
    assert (code, json.loads(out)["schema"]) == (3, 1)


def test_a_bug_is_4_and_leaves_a_report(cli, project, monkeypatch, tmp_path):
    import tempfile

    from parity.actions import ps

    def broken(_):
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(ps, "ps", broken)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    code, _, err = cli("ps", directory=project(COMPOSE))
    assert code == 4
    assert "bug in parity" in err
    assert "Traceback" not in err
    assert "ZeroDivisionError" in next(tmp_path.glob("parity-bug-*")).read_text()


@pytest.mark.parametrize("verb", ["init", "up", "diff", "doctor", "hook install", "demo"])
def test_a_folder_that_was_deleted_under_the_shell_is_no_bug(cli, tmp_path, monkeypatch, verb):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    code, _, err = cli(*verb.split())
    monkeypatch.chdir(tmp_path)
    assert code == 2
    assert "the folder that this shell is in is gone" in err


def test_an_interrupt_is_130(cli, project, monkeypatch):
    from parity.actions import ps

    def interrupted(_):
        raise KeyboardInterrupt

    def end(code):
        raise SystemExit(code)

    monkeypatch.setattr(ps, "ps", interrupted)
    monkeypatch.setattr(os, "_exit", end)
    code, _, err = cli("ps", directory=project(COMPOSE))
    assert code == 130
    assert err.strip() == "interrupted", "it changes nothing that has to be put right"
    monkeypatch.setattr("parity.actions.up.up", lambda *_: interrupted(None))
    code, _, err = cli("up", directory=project(COMPOSE))
    assert "interrupted; the next `parity up`" in err


def test_python_dash_m_is_the_same_program(tmp_path):
    import subprocess

    done = subprocess.run(
        [sys.executable, "-m", "parity", "--version"], capture_output=True, text=True, timeout=30
    )
    assert done.stdout.startswith("parity ")


TWO = '[environments.prod]\nfiles = ["compose.yaml"]\n\n[environments.k8s]\nsource = "kubernetes"\n'


def test_another_environment_is_chosen_by_option_or_variable(cli, project, engine, monkeypatch):
    root = project(COMPOSE, TWO)
    usual = json.loads(cli("ps", "--json", directory=root)[1])["stack"]
    assert (
        json.loads(cli("-e", "k8s", "ps", "--json", directory=root)[1])["stack"] == f"{usual}-k8s"
    )
    assert json.loads(cli("-e", "prod", "ps", "--json", directory=root)[1])["stack"] == usual
    monkeypatch.setenv("PARITY_ENVIRONMENT", "k8s")
    assert json.loads(cli("ps", "--json", directory=root)[1])["stack"] == f"{usual}-k8s"
    code, _, err = cli("-e", "nope", "ps", directory=root)
    assert code == 2 and "there are: prod, k8s" in err
