"""Questions to git, on real repositories."""

import os
import subprocess

import pytest

from parity.actions import git
from parity.errors import UsageError


@pytest.fixture
def repository(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)

    def run(*arguments):
        subprocess.run(["git", *arguments], cwd=tmp_path, check=True, capture_output=True)

    run("init", "--quiet", "--initial-branch=main")
    run("config", "user.name", "Ann")
    run("config", "user.email", "ann@example.org")
    (tmp_path / "a b.txt").write_text("one")
    (tmp_path / "run.sh").write_text("#!/bin/sh\n")
    (tmp_path / "run.sh").chmod(0o755)
    run("add", "--all")
    run("commit", "--quiet", "-m", "x")
    return tmp_path


def test_who_works_here(repository):
    assert git.user_name(repository) == "Ann"


def test_a_commit_is_written_aside_as_it_was(repository, tmp_path_factory):
    head = git.commit(repository, "HEAD")
    (repository / "a b.txt").write_text("two")
    target = tmp_path_factory.mktemp("export")
    git.export(repository, head, target)
    assert (target / "a b.txt").read_text() == "one"
    assert os.access(target / "run.sh", os.X_OK)
    assert sorted(p.name for p in target.iterdir()) == ["a b.txt", "run.sh"]


def test_whether_the_work_tree_is_that_commit(repository):
    head = git.commit(repository, "main")
    assert git.is_checked_out(repository, head)
    (repository / "new.yaml").write_text("untracked files count")
    assert not git.is_checked_out(repository, head)
    (repository / "new.yaml").unlink()
    (repository / "a b.txt").write_text("two")
    assert not git.is_checked_out(repository, head)


def test_variables_of_a_hook_do_not_lead_astray(repository, monkeypatch, tmp_path_factory):
    monkeypatch.setenv("GIT_DIR", str(tmp_path_factory.mktemp("elsewhere")))
    assert git.top(repository) == repository


def test_where_hooks_are(repository):
    assert git.hooks_folder(repository) == repository / ".git" / "hooks"
    subprocess.run(["git", "-C", repository, "config", "core.hooksPath", "tools/hooks"], check=True)
    assert git.hooks_folder(repository) == repository / "tools" / "hooks"


@pytest.mark.parametrize("name", ["nowhere", "--help"])
def test_a_commit_that_is_none(repository, name):
    with pytest.raises(UsageError):
        git.commit(repository, name)


def test_outside_of_a_repository(tmp_path):
    with pytest.raises(UsageError, match="not a git repository"):
        git.top(tmp_path)


def test_all_of_a_commit_is_written_from_a_subfolder_and_what_archives_leave_out(tmp_path):
    top = tmp_path / "top"
    (top / "sub").mkdir(parents=True)
    env = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull}
    (top / ".gitattributes").write_text("prod.yaml export-ignore\n")
    (top / "prod.yaml").write_text("x")
    (top / "sub" / "parity.toml").write_text("y")
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "one"]):
        subprocess.run(["git", *command], cwd=top, check=True, env=env)
    target = tmp_path / "target"
    target.mkdir()
    git.export(top / "sub", git.commit(top / "sub", "HEAD"), target)
    found = {str(f.relative_to(target)) for f in target.rglob("*") if f.is_file()}
    assert found == {".gitattributes", "prod.yaml", "sub/parity.toml"}


def test_what_is_no_commit(repository):
    assert git.is_commit(repository, "HEAD")
    assert not git.is_commit(repository, "HEAD^{tree}")
    assert not git.is_commit(repository, "nowhere")
