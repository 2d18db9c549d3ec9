"""The pid file that a killed daemon leaves behind, and how a process is remembered."""

import os

import pytest

from scripts.lib.daemon import pid_file_is_stale, start_time


def process(proc, pid, *, name="dockerd", state="S (sleeping)"):
    directory = proc / str(pid)
    directory.mkdir(parents=True)
    (directory / "status").write_text(f"Name:\t{name}\nUmask:\t0022\nState:\t{state}\n")


@pytest.fixture
def pid_file(tmp_path):
    path = tmp_path / "docker.pid"
    path.write_text("4711\n")
    return path


def test_a_running_daemon_keeps_its_file(tmp_path, pid_file) -> None:
    process(tmp_path, 4711)
    assert not pid_file_is_stale(pid_file, tmp_path)


def test_no_file_is_not_stale(tmp_path) -> None:
    assert not pid_file_is_stale(tmp_path / "docker.pid", tmp_path)


def test_no_such_process(tmp_path, pid_file) -> None:
    assert pid_file_is_stale(pid_file, tmp_path)


def test_a_zombie_holds_nothing(tmp_path, pid_file) -> None:
    process(tmp_path, 4711, state="Z (zombie)")
    assert pid_file_is_stale(pid_file, tmp_path)


def test_the_number_belongs_to_another_program_now(tmp_path, pid_file) -> None:
    process(tmp_path, 4711, name="bash")
    assert pid_file_is_stale(pid_file, tmp_path)


def test_rubbish_in_the_file(tmp_path, pid_file) -> None:
    pid_file.write_text("not a number")
    assert pid_file_is_stale(pid_file, tmp_path)


def test_the_start_time_survives_a_name_with_brackets(tmp_path) -> None:
    (tmp_path / "7").mkdir()
    fields = " ".join(["S", *map(str, range(4, 22)), "998877", "0"])
    (tmp_path / "7" / "stat").write_text(f"7 (a) b) {fields}\n")
    assert start_time(7, tmp_path) == "998877"


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="no /proc on this system")
def test_the_start_time_of_a_real_process_is_a_number() -> None:
    assert start_time(os.getpid()).isdigit()
