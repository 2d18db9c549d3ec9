"""Files: where they are, who may read them, and that nobody ever sees half of one."""

import os
import stat
import threading

import pytest

from parity import paths
from parity.errors import UsageError
from parity.paths import ProjectPaths


def mode(file):
    return stat.S_IMODE(file.stat().st_mode)


def broken(*_, **__):
    raise OSError(28, "No space left on device")


def test_a_project_keeps_its_files_together(tmp_path):
    project = ProjectPaths(tmp_path)
    assert project.config == tmp_path / "parity.toml"
    assert project.lock == tmp_path / "parity.lock"
    state = [project.state, project.secrets]
    stack = project.stack("shop-1")
    state += [
        stack.document, stack.environment, stack.secret_files, stack.applied, stack.allocations,
        stack.authority, stack.mutex,
    ]  # fmt: skip
    assert all(file.is_relative_to(tmp_path / ".parity") for file in state)
    assert len(set(state)) == len(state)


def test_the_nearest_parity_toml_counts(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    assert paths.find_root(inner) is None
    (tmp_path / "parity.toml").touch()
    assert paths.find_root(inner) == tmp_path
    (inner / "parity.toml").touch()
    assert paths.find_root(inner) == inner


def test_a_folder_of_that_name_is_no_configuration(tmp_path):
    (tmp_path / "parity.toml").mkdir()
    assert paths.find_root(tmp_path) is None


def test_git_never_takes_local_state(tmp_path):
    folder = tmp_path / ".parity" / "shop" / "secrets"
    paths.ensure_state(folder)
    assert folder.is_dir()
    assert (tmp_path / ".parity" / ".gitignore").read_text().endswith("*\n")


def test_the_users_own_gitignore_is_left_alone(tmp_path):
    state = tmp_path / ".parity"
    state.mkdir()
    (state / ".gitignore").write_text("mine\n")
    paths.ensure_state(state)
    assert (state / ".gitignore").read_text() == "mine\n"


@pytest.mark.parametrize("wanted", [0o600, 0o444, 0o644])
def test_files_are_written_with_their_mode(tmp_path, wanted):
    before = os.umask(0)
    try:
        paths.write(tmp_path / "f", "text", mode=wanted)
    finally:
        os.umask(before)
    assert mode(tmp_path / "f") == wanted


def test_a_failed_write_leaves_the_old_text_and_no_rubbish(tmp_path, monkeypatch):
    file = tmp_path / "f"
    file.write_text("old")
    monkeypatch.setattr(paths.os, "fsync", broken)
    with pytest.raises(UsageError, match="cannot write .*No space left"):
        paths.write(file, "new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_read_only_folder_is_told_with_what_to_do(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(paths.Path, "mkdir", refuse)
    with pytest.raises(UsageError, match="Permission denied") as caught:
        paths.ensure_state(tmp_path / ".parity")
    assert "writable" in caught.value.next_step


def test_a_lock_in_a_read_only_folder_is_told_with_what_to_do(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(paths.Path, "open", refuse)
    with pytest.raises(UsageError, match="Permission denied"), paths.exclusive(tmp_path / "lock"):
        pass


def test_an_equal_file_is_not_written_again(tmp_path):
    file = tmp_path / "f"
    assert paths.write_if_changed(file, "a")
    before = file.stat()
    assert not paths.write_if_changed(file, "a")
    assert file.stat().st_ino == before.st_ino
    assert paths.write_if_changed(file, "b")


def test_a_file_that_is_no_text_is_replaced(tmp_path):
    file = tmp_path / "f"
    file.write_bytes(b"\xff\xfe\xfd")
    assert paths.write_if_changed(file, "a")
    assert file.read_text() == "a"


def test_a_private_file_that_others_can_read_becomes_private_again(tmp_path):
    file = tmp_path / "f"
    file.write_text("a")
    file.chmod(0o644)
    paths.write_if_changed(file, "a", mode=0o600)
    assert mode(file) == 0o600


def test_a_shared_file_keeps_the_mode_that_its_user_gave_it(tmp_path):
    file = tmp_path / "f"
    file.write_text("a")
    file.chmod(0o664)
    assert not paths.write_if_changed(file, "a")
    assert mode(file) == 0o664


def test_a_folder_in_the_place_of_a_file_is_told(tmp_path):
    (tmp_path / "f").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        paths.write_if_changed(tmp_path / "f", "a")


def test_only_one_holds_a_lock_and_the_next_gets_it_after(tmp_path):
    lock = tmp_path / "lock"
    got = []
    with paths.exclusive(lock) as first:
        assert first is not None
        with paths.exclusive(lock, wait=False) as second:
            assert second is None

        def waiter():
            with paths.exclusive(lock) as third:
                got.append(third)

        thread = threading.Thread(target=waiter)
        thread.start()
        thread.join(0.1)
        assert got == []
    thread.join(5)
    assert got != [None]
    assert len(got) == 1


def test_what_a_killed_write_left_is_swept_but_not_a_write_under_way(tmp_path):
    old, fresh = (tmp_path / f".parity.lock.{name}.parity-tmp" for name in ("old", "fresh"))
    for litter in (old, fresh):
        litter.write_text("half")
    os.utime(old, (1, 1))
    paths.write(tmp_path / "parity.lock", "whole")
    assert not old.exists()
    assert fresh.exists()


def test_a_loop_of_links_has_a_path(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    assert paths.resolved(tmp_path / "loop") == tmp_path.resolve() / "loop"
    assert paths.resolved(tmp_path / "a" / ".." / "b") == tmp_path.resolve() / "b"


def test_a_name_that_no_file_can_have(tmp_path):
    assert not paths.is_file(tmp_path / ("a" * 5000))
    assert not paths.is_file(tmp_path / "a\0b")
    assert not paths.is_file(tmp_path)


def test_a_pipe_or_device_in_the_place_of_a_file_is_refused_at_once(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "endless").symlink_to("/dev/zero")
    for name in ("pipe", "endless"):
        with pytest.raises(OSError, match="not a regular file"):
            paths.read_small(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        paths.read_small(tmp_path / "nothing")
    (tmp_path / "file").write_text("x")
    assert paths.read_small(tmp_path / "file") == "x"


def test_a_link_leads_where_it_was_last_told(tmp_path):
    for target in ("one", "one", "two"):
        paths.link(tmp_path / "here", target)
        assert (tmp_path / "here").readlink().name == target
    assert [file.name for file in tmp_path.iterdir()] == ["here"]


def test_a_link_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "here").mkdir()
    with pytest.raises(UsageError, match="cannot write"):
        paths.link(tmp_path / "here", "one")


def test_the_demo_has_a_place_in_the_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert paths.demonstration() == tmp_path / "parity" / "demo"
    assert (tmp_path / "parity").is_dir()
