"""Each precondition of this machine, broken, with what mends it."""

import errno
import os
import shutil
import socket
import subprocess

import pytest

from parity.actions import doctor_machine
from parity.paths import ProjectPaths

from .test_doctor_engine import broken, only


@pytest.fixture
def paths(tmp_path):
    return ProjectPaths(tmp_path)


def test_no_git(monkeypatch, paths):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    broken("git", lambda: doctor_machine.git(paths), "warning", "apt install git")


def test_no_repository(paths):
    broken("git", lambda: doctor_machine.git(paths), "unknown", f"git init {paths.root}")


def test_a_repository_of_another_user(monkeypatch, paths):
    subprocess.run(["git", "init", "--quiet", paths.root], check=True)
    assert only("git", lambda: doctor_machine.git(paths)).verdict == "ok"
    # As in a container whose user is not the folder's owner.
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    said = f"git config --global --add safe.directory {paths.root}"
    broken("git", lambda: doctor_machine.git(paths), "warning", "another user", said)


def test_outside_of_a_project_git_is_only_there():
    assert only("git", lambda: doctor_machine.git(None)).verdict == "ok"


@pytest.mark.parametrize(
    "text", ['{"credsStore": "nowhere"}', '{"credHelpers": {"registry.example": "nowhere"}}']
)
def test_the_program_that_keeps_logins_is_missing(monkeypatch, tmp_path, text):
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    assert only("logins", doctor_machine.logins).verdict == "ok"
    (tmp_path / "config.json").write_text(text)
    broken("logins", doctor_machine.logins, "failed", "docker-credential-nowhere", "docker login")


@pytest.mark.parametrize("text", ["{", "[]", '{"credHelpers": 5}', '{"auths": 5}'])
def test_the_docker_clis_configuration_is_broken(monkeypatch, tmp_path, text):
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    (tmp_path / "config.json").write_text(text)
    broken("logins", doctor_machine.logins, "failed", str(tmp_path / "config.json"), "mend it")


def test_names_below_localhost(monkeypatch):
    def unknown(*_):
        raise socket.gaierror(socket.EAI_NONAME, "no")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    broken("names", doctor_machine.names, "warning", "libnss-myhostname", "127.0.0.1")
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [])
    assert only("names", doctor_machine.names).verdict == "ok"


@pytest.mark.parametrize("below", ["", ".parity", ".parity/shop"])
def test_what_parity_keeps_belongs_to_another_user(monkeypatch, paths, below):
    """As after one `sudo parity up`."""
    (paths.state / "shop").mkdir(parents=True)
    assert only("project", lambda: doctor_machine.writable(paths)).verdict == "ok"
    shut = paths.root / below
    monkeypatch.setattr(os, "access", lambda place, _: place != shut)
    broken("project", lambda: doctor_machine.writable(paths), "failed", str(shut), "sudo chown -R")


def kernel(folder, watches):
    limits = folder / "inotify"
    limits.mkdir()
    (limits / "max_user_watches").write_text(f"{watches}\n")
    (limits / "max_user_instances").write_text("128\n")
    return limits


def test_too_few_watches_for_the_project(paths, tmp_path):
    limits = kernel(tmp_path, 8)
    for number in range(20):
        (tmp_path / "node_modules" / str(number)).mkdir(parents=True)
    assert (
        only("file events", lambda: doctor_machine.file_events(paths.root, limits)).verdict == "ok"
    )
    for number in range(20):
        (tmp_path / "src" / str(number)).mkdir(parents=True)
    broken(
        "file events",
        lambda: doctor_machine.file_events(paths.root, limits),
        "warning",
        "8 or more",
        "sudo sysctl fs.inotify.max_user_watches=524288",
    )


def test_all_watchers_are_taken(monkeypatch, paths, tmp_path):
    class Full:
        def inotify_init1(self, _):
            doctor_machine.ctypes.set_errno(errno.EMFILE)
            return -1

    monkeypatch.setattr(doctor_machine.ctypes, "CDLL", lambda *_, **__: Full())
    monkeypatch.setattr("sys.platform", "linux")
    broken(
        "file events",
        lambda: doctor_machine.file_events(paths.root, kernel(tmp_path, 8000)),
        "warning",
        "all 128 watchers",
        "fs.inotify.max_user_instances",
    )


def test_a_system_without_that_limit(paths, tmp_path):
    check = only("file events", lambda: doctor_machine.file_events(paths.root, tmp_path / "none"))
    assert check.verdict == "ok"
