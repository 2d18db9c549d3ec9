"""Branch and activity, from git's own files."""

import subprocess

import pytest

from parity.watch.branch import git_folder, head, is_busy


@pytest.fixture
def repository(tmp_path):
    def git(*arguments, folder=tmp_path):
        names = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
        subprocess.run(["git", *names, *arguments], cwd=folder, check=True, capture_output=True)

    git("-c", "init.defaultBranch=main", "init")
    git("commit", "--allow-empty", "-m", "x")
    return tmp_path, git


def test_a_branch_and_another(repository):
    root, git = repository
    assert head(git_folder(root)) == "main"
    git("switch", "-c", "feature/x")
    assert head(git_folder(root)) == "feature/x"
    git("checkout", "--detach")
    assert len(head(git_folder(root))) == 12


def test_a_worktree_has_its_own(repository, tmp_path_factory):
    root, git = repository
    other = tmp_path_factory.mktemp("w") / "other"
    git("worktree", "add", str(other), "-b", "side")
    assert head(git_folder(other)) == "side"
    assert head(git_folder(root)) == "main"


def test_a_project_below_the_top(repository):
    root, _ = repository
    (root / "app").mkdir()
    assert head(git_folder(root / "app")) == "main"


def test_outside_of_git(tmp_path):
    assert head(None) == ""
    assert not is_busy(None)


def test_git_at_work(repository):
    folder = git_folder(repository[0])
    assert not is_busy(folder)
    (folder / "index.lock").touch()
    assert is_busy(folder)
