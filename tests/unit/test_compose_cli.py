"""Finding Docker Compose, and what it inherits."""

import shutil

import pytest

from parity import compose_cli
from parity.errors import UnreachableError
from parity.process import TIMED_OUT, Completed


def program(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(shutil.which("echo", path="/bin:/usr/bin"), file)
    file.chmod(0o755)
    return file


@pytest.fixture
def nowhere(monkeypatch, tmp_path):
    """No Docker Compose anywhere."""
    monkeypatch.setattr(compose_cli, "_PLUGIN_FOLDERS", ())
    monkeypatch.setattr(compose_cli, "_packaged", lambda: None)
    monkeypatch.setenv("PATH", str(tmp_path / "empty"))
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path / "config"))


def test_where_there_is_none_the_error_says_how_to_get_it(nowhere):
    with pytest.raises(UnreachableError, match="not installed") as caught:
        compose_cli.executable()
    assert "install" in caught.value.next_step


def test_the_users_plugin_comes_before_the_path(nowhere, monkeypatch, tmp_path):
    on_path = program(tmp_path / "bin" / "docker-compose")
    monkeypatch.setenv("PATH", str(on_path.parent))
    assert compose_cli.executable() == str(on_path)
    plugin = program(tmp_path / "config" / "cli-plugins" / "docker-compose")
    assert compose_cli.executable() == str(plugin)


def test_a_plugin_that_cannot_be_run_is_passed_over(nowhere, tmp_path):
    program(tmp_path / "config" / "cli-plugins" / "docker-compose").chmod(0o644)
    with pytest.raises(UnreachableError):
        compose_cli.executable()


def test_a_folder_named_compose_is_not_taken_for_the_package(monkeypatch, tmp_path):
    (tmp_path / "compose").mkdir()
    monkeypatch.syspath_prepend(str(tmp_path))
    found = compose_cli._packaged()
    assert found is None or not found.startswith(str(tmp_path))


@pytest.mark.parametrize(
    "name",
    ["COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "COMPOSE_PROFILES", "COMPOSE_ENV_FILES",
     "COMPOSE_DISABLE_ENV_FILE", "COMPOSE_PROJECT_DIRECTORY", "COMPOSE_IGNORE_ORPHANS"],
)  # fmt: skip
def test_what_would_redirect_compose_is_not_inherited(monkeypatch, name):
    monkeypatch.setenv(name, "x")
    assert name not in compose_cli.environment()


def test_everything_else_is_the_users_own(monkeypatch):
    monkeypatch.setenv("DOCKER_HOST", "unix:///x.sock")
    monkeypatch.setenv("TAG", "shell")
    env = compose_cli.environment({"TAG": "declared"})
    assert env["DOCKER_HOST"] == "unix:///x.sock"
    assert env["TAG"] == "declared"
    assert env["COMPOSE_ANSI"] == "never"


@pytest.mark.parametrize(
    ("code", "stderr", "said"),
    [
        (TIMED_OUT, "", "30 s"),
        (2, "fatal error: runtime: out of memory", "3 GiB"),
        (2, "runtime: cannot allocate memory", "3 GiB"),
        (1, "service has no image", ""),
        (0, "", ""),
    ],
)
def test_a_limit_is_named_and_nothing_else_is_taken_for_one(code, stderr, said):
    assert said in compose_cli.limit_reached(Completed(("x",), code, "", stderr))
    assert bool(said) == bool(compose_cli.limit_reached(Completed(("x",), code, "", stderr)))


def test_acting_and_handing_over_run_the_program_found(nowhere, tmp_path, capfd):
    program(tmp_path / "config" / "cli-plugins" / "docker-compose")
    assert compose_cli.act(["create"]).stdout == "create\n"
    assert compose_cli.hand_over(["logs"]) == 0
    assert capfd.readouterr().out == "logs\n"


@pytest.mark.parametrize(
    ("sockets", "variables", "host"),
    [
        (["rootless"], {}, "rootless"),
        (["default", "rootless"], {}, None),
        ([], {}, None),
        (["rootless"], {"DOCKER_HOST": "tcp://x"}, "tcp://x"),
        (["rootless"], {"DOCKER_CONTEXT": "far"}, None),
        (["rootless"], {"DOCKER_CONTEXT": "default"}, "rootless"),
    ],
)
def test_compose_is_told_of_a_socket_that_it_would_not_look_for(
    nowhere, monkeypatch, tmp_path, sockets, variables, host
):
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.delenv("DOCKER_CONTEXT", raising=False)
    for name in sockets:
        (tmp_path / name).touch()
    default, rootless = (f"unix://{tmp_path / name}" for name in ("default", "rootless"))
    monkeypatch.setattr(compose_cli, "DEFAULT_SOCKET", default)
    monkeypatch.setattr(compose_cli, "_sockets", lambda: [default, rootless])
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    program(tmp_path / "config" / "cli-plugins" / "docker-compose")
    given = []

    def run(argv, *, env, **_):
        given.append(env.get("DOCKER_HOST"))

    monkeypatch.setattr(compose_cli, "run", run)
    compose_cli.act(["create"])
    assert given == [rootless if host == "rootless" else host]
    assert compose_cli.environment().get("DOCKER_HOST") == variables.get("DOCKER_HOST")


def test_a_script_on_the_path_is_not_taken_for_the_program(nowhere, monkeypatch, tmp_path):
    script = tmp_path / "bin" / "docker-compose"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setenv("PATH", str(script.parent))
    with pytest.raises(UnreachableError):
        compose_cli.executable()


def test_another_binary_is_another_identity(tmp_path, monkeypatch):
    binary = tmp_path / "docker-compose"
    binary.write_bytes(b"\x7fELF one")
    monkeypatch.setattr(compose_cli, "executable", lambda: str(binary))
    before = compose_cli.identity()
    assert compose_cli.identity() == before
    binary.write_bytes(b"\x7fELF another")
    assert compose_cli.identity() != before
