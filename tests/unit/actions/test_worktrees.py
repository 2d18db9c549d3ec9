"""Whether a worktree is there, what is checked out in it, and what it is called in addresses."""

import os
from pathlib import Path
from types import SimpleNamespace

import pytest

from parity.actions import worktrees as module
from parity.actions.worktrees import Standing, branch, judge, label, linked, tame
from parity.errors import EngineError


@pytest.fixture
def near(monkeypatch):
    """An engine on this machine, and a machine without further disks."""
    module._elsewhere.cache_clear()
    about = {"Name": "here", "OperatingSystem": "Debian"}
    monkeypatch.setattr(module, "find", lambda: SimpleNamespace(is_local=True, url="unix://x"))
    monkeypatch.setattr(module.observe, "get", lambda path: about)
    monkeypatch.setattr(module.socket, "gethostname", lambda: "here")
    monkeypatch.setattr(module.sys, "platform", "linux")
    monkeypatch.setattr(module, "_mount_points", frozenset)
    yield about
    module._elsewhere.cache_clear()


def checkout(folder, head="ref: refs/heads/feature/x\n"):
    (folder / ".git").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text(head)
    return folder


def test_the_branch_is_read_above_the_project_too(tmp_path):
    inner = checkout(tmp_path / "repo") / "stacks" / "shop"
    inner.mkdir(parents=True)
    assert branch(inner) == "feature/x"
    assert not linked(inner)


def test_a_linked_worktree_has_a_branch_of_its_own(tmp_path):
    own = checkout(tmp_path / "repo") / ".git" / "worktrees" / "two"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/two\n")
    second = tmp_path / "two"
    second.mkdir()
    for text in (f"gitdir: {own}\n", "gitdir: ../repo/.git/worktrees/two\n"):
        (second / ".git").write_text(text)
        assert branch(second) == "two"
        assert linked(second)


def test_a_submodule_is_no_linked_worktree(tmp_path):
    (tmp_path / ".git").write_text("gitdir: ../.git/modules/shop\n")
    assert not linked(tmp_path)


@pytest.mark.parametrize("head", ["0123456789abcdef\n", ""])
def test_a_commit_alone_has_no_branch(tmp_path, head):
    assert branch(checkout(tmp_path / "repo", head)) == ""


def test_a_folder_without_git_has_no_branch(tmp_path):
    assert branch(tmp_path) == ""
    assert not linked(tmp_path)


@pytest.mark.parametrize(
    ("head", "shown"),
    [
        ("ref: refs/heads/feature/Log-in_2\n", "feature-log-in-2"),
        ("ref: refs/heads/äöü\n", "shop-2"),
        ("ref: refs/heads/.invalid\n", "shop-2"),
        ("0123456\n", "shop-2"),
    ],
)
def test_the_name_in_addresses_is_the_branch_or_else_the_folder(tmp_path, head, shown):
    assert label(checkout(tmp_path / "Shop.2", head)) == shown


def test_what_can_stand_in_no_host_name_is_local(tmp_path):
    assert label(tmp_path / "äöü") == "local"


def test_a_part_of_a_host_name_is_not_too_long():
    assert tame("a" * 62 + "/b") == "a" * 62
    assert len(tame("a" * 99)) == 63


def test_a_worktree_that_is_there_is_there(near, tmp_path):
    assert judge(str(tmp_path)).standing == Standing.HERE


def test_a_deleted_folder_is_gone(near, tmp_path):
    assert judge(str(tmp_path / "two")).standing == Standing.GONE


def test_so_is_a_project_some_folders_below_a_deleted_worktree(near, tmp_path):
    assert judge(str(tmp_path / "two" / "stacks" / "shop")).standing == Standing.GONE


def test_a_file_in_its_place_is_no_worktree(near, tmp_path):
    (tmp_path / "two").write_text("")
    assert judge(str(tmp_path / "two")).standing == Standing.GONE
    assert judge(str(tmp_path / "two" / "shop")).standing == Standing.GONE


@pytest.mark.parametrize(
    "path", ["", "relative", "/a\0b", "/" + "x" * 5000, "/workspaces-of-others/shop", "/a-b-c/d/e"]
)
def test_of_a_path_that_may_be_another_machines_nothing_is_said(near, path):
    assert judge(path).standing == Standing.UNKNOWN


@pytest.mark.parametrize("name", ["laptop", ""])
def test_nor_where_the_engine_is_on_another_machine(near, tmp_path, name):
    near["Name"] = name
    found = judge(str(tmp_path / "two"))
    assert found.standing == Standing.UNKNOWN
    assert found.why == f"the engine is on {name or 'another machine'}"


def test_nor_where_it_is_asked_over_a_network(near, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "find", lambda: SimpleNamespace(is_local=False, url="ssh://them"))
    assert judge(str(tmp_path / "two")).why == "the engine is at ssh://them"


def test_nor_where_it_does_not_answer(near, tmp_path, monkeypatch):
    def refuse(path):
        raise EngineError("no engine answers")

    monkeypatch.setattr(module.observe, "get", refuse)
    assert judge(str(tmp_path / "two")).why == "no engine answers"


@pytest.mark.parametrize(("inside", "standing"), [(False, Standing.GONE), (True, Standing.UNKNOWN)])
def test_the_machine_of_docker_desktop_sees_the_same_paths_unless_asked_from_a_container(
    near, tmp_path, monkeypatch, inside, standing
):
    near |= {"Name": "docker-desktop", "OperatingSystem": "Docker Desktop"}
    monkeypatch.setattr(module, "_in_container", lambda: inside)
    monkeypatch.setattr(os, "uname", lambda: SimpleNamespace(release="6.1-linux"))
    assert judge(str(tmp_path / "two")).standing == standing


def test_a_mac_shares_its_folders(near, tmp_path, monkeypatch):
    near["Name"] = "colima"
    monkeypatch.setattr(module.sys, "platform", "darwin")
    assert judge(str(tmp_path / "two")).standing == Standing.GONE


def test_a_disk_that_is_not_mounted_may_hold_it(near, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_mount_points", lambda: frozenset({str(tmp_path)}))
    assert judge(str(tmp_path / "two")).why == f"{tmp_path} is not mounted"


def test_an_empty_folder_of_disks_may_be_where_one_was(near, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "_MEDIA", (str(tmp_path),))
    (tmp_path / "disk").mkdir()
    assert "may not be mounted" in judge(str(tmp_path / "disk" / "shop")).why
    (tmp_path / "disk" / "other").mkdir()
    assert judge(str(tmp_path / "disk" / "shop")).standing == Standing.GONE


def test_a_folder_that_cannot_be_looked_into_may_hold_it(near, monkeypatch, tmp_path):
    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "stat", refuse)
    assert "Permission denied" in judge("/somebody/shop").why
