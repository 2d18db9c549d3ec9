"""The hook beside every hook manager that people use, each with a push to a real repository."""

import os
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from parity.actions import git, hook, hook_place
from parity.errors import UsageError

from .test_hook import DRIFT, PROD, Repository

ROOT = Path(__file__).resolve().parents[3]
TOOLS = Path(sys.executable).parent
ALL_PASSES = "#!/bin/sh\ncat >> ran\n"


def tool(name):
    found = shutil.which(name, path=f"{TOOLS}{os.pathsep}{os.environ['PATH']}")
    return found or pytest.skip(f"{name} is not installed")


class Managed(Repository):
    """A repository whose hooks find what is installed beside this Python."""

    def git(self, *arguments, **env):
        env.setdefault("PATH", f"{TOOLS}{os.pathsep}{os.environ['PATH']}")
        return super().git(*arguments, **env)

    def existing(self, text):
        file = self.top / ".git" / "hooks" / "pre-push"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
        return file


@pytest.fixture
def repository(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    return Managed(tmp_path)


def stops_what_drifts_and_nothing_else(repository):
    """The commit counts: one that agrees goes through beside a work tree that does not, and the other way."""
    repository.commit()
    repository.write("dev.yaml", DRIFT)
    done = repository.push()
    assert done.returncode == 0, done.stdout + done.stderr
    agreed = repository.head()
    repository.commit()
    repository.write("dev.yaml", PROD)
    stopped = repository.push()
    assert stopped.returncode != 0
    assert "services.web.environment.API_URL" in stopped.stdout + stopped.stderr
    assert repository.pushed() == agreed


def test_a_committed_folder_of_hooks_names_nobodys_interpreter(repository):
    repository.git("config", "core.hooksPath", ".githooks")
    file = hook.install(repository.project).file
    assert file == repository.top / ".githooks" / "pre-push"
    assert str(TOOLS) not in file.read_text()
    stops_what_drifts_and_nothing_else(repository)


def test_who_has_no_parity_is_told_so_by_a_committed_hook(repository):
    repository.git("config", "core.hooksPath", ".githooks")
    hook.install(repository.project)
    repository.commit()
    done = repository.git("push", "origin", "main", check=False, PATH="/usr/bin:/bin")
    assert done.returncode != 0
    assert "parity is not installed" in done.stderr
    assert "--no-verify" in done.stderr


def test_a_hooks_folder_that_git_ignores_is_this_machines_own(repository):
    repository.git("config", "core.hooksPath", ".githooks")
    repository.write(".gitignore", ".githooks\n")
    assert sys.executable in hook.install(repository.project).file.read_text()


def test_a_hooks_folder_from_a_folder_below_the_top(tmp_path):
    below = Managed(tmp_path, "apps/shop")
    below.git("config", "core.hooksPath", ".githooks")
    assert hook.install(below.project).file == below.top / ".githooks" / "pre-push"
    stops_what_drifts_and_nothing_else(below)


def test_a_folder_for_all_repositories_is_not_written_to(repository, tmp_path):
    repository.git("config", "--file", str(tmp_path / "gitconfig"), "core.hooksPath", "/all/hooks")
    with pytest.raises(UsageError, match="every repository of this user") as caught:
        hook.install(repository.project)
    assert "git config core.hooksPath .githooks" in caught.value.next_step


@pytest.mark.parametrize("version", ["9", "8"])
def test_husky(repository, version):
    """Its folder `_` is written anew with each installation of packages; what is beside it is committed."""
    folder = repository.top / ".husky" / "_"
    folder.mkdir(parents=True)
    (folder / ".gitignore").write_text("*")
    if version == "9":
        wrapper = folder / "pre-push"
        wrapper.write_text('#!/bin/sh\nexec sh -e "$(dirname "$0")/../pre-push" "$@"\n')
        wrapper.chmod(0o755)
    repository.git("config", "core.hooksPath", ".husky/_" if version == "9" else ".husky")
    done = hook.install(repository.project)
    assert (done.file, done.note) == (repository.top / ".husky" / "pre-push", "")
    assert str(TOOLS) not in done.file.read_text()
    stops_what_drifts_and_nothing_else(repository)
    assert hook.uninstall(repository.project).done == "removed"
    assert version == "8" or (folder / "pre-push").exists()


def test_husky_before_packages_are_installed_says_what_is_left_to_do(repository):
    (repository.top / ".husky").mkdir()
    done = hook.install(repository.project)
    assert done.file == repository.top / ".husky" / "pre-push"
    assert "npx husky" in done.note


def test_huskys_own_hook_gets_a_line(repository):
    (repository.top / ".husky").mkdir()
    file = repository.top / ".husky" / "pre-push"
    file.write_text("npm test\n")
    with pytest.raises(UsageError) as caught:
        hook.install(repository.project)
    assert 'parity hook run "$@" || exit 1' in caught.value.next_step
    assert file.read_text() == "npm test\n"


def test_the_pre_commit_framework(repository):
    framework = tool("pre-commit")
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())[0]
    assert published["entry"] == "parity hook run"
    local = {**published, "language": "system"}
    del local["additional_dependencies"]
    text = yaml.safe_dump({"repos": [{"repo": "local", "hooks": [local]}]})
    repository.write(".pre-commit-config.yaml", text)
    with pytest.raises(UsageError, match="already") as caught:
        hook.install(repository.project)
    assert "pre-commit install --hook-type pre-push" in caught.value.next_step
    file = repository.existing(
        f"#!/bin/sh\nexec {framework} hook-impl --config=.pre-commit-config.yaml --hook-type=pre-push"
        ' --hook-dir "$(dirname "$0")" -- "$@"\n'
    )
    stops_what_drifts_and_nothing_else(repository)
    assert file.exists()


def test_the_framework_shows_the_lines_for_its_file(repository):
    repository.existing("#!/bin/sh\n# File generated by pre-commit: https://pre-commit.com\n")
    with pytest.raises(UsageError) as caught:
        hook.install(repository.project)
    assert yaml.safe_load(caught.value.detail)[0]["hooks"] == [{"id": "parity-check"}]


def test_the_framework_without_a_hook_of_its_own_leaves_room_for_one(repository):
    repository.write(".pre-commit-config.yaml", "repos: []\n")
    done = hook.install(repository.project)
    assert done.done == "written"
    assert "pre-commit" in done.note


@pytest.mark.parametrize("stdin", ["true", "false"])
def test_lefthook(repository, stdin):
    manager = tool("lefthook")
    configuration = repository.top / "lefthook.yml"
    configuration.write_text("pre-commit: {}\n")
    with pytest.raises(UsageError, match="lefthook writes") as caught:
        hook.install(repository.project)
    lines = caught.value.detail.replace("use_stdin: true", f"use_stdin: {stdin}")
    configuration.write_text(lines + "\n")
    with pytest.raises(UsageError, match="already"):
        hook.install(repository.project)
    repository.existing(f'#!/bin/sh\nexec {manager} run pre-push "$@"\n')
    stops_what_drifts_and_nothing_else(repository)


def test_a_hook_that_is_there_is_kept_and_run_first_with_the_same_list(repository):
    repository.git("config", "--local", "user.name", "a")
    file = repository.existing(ALL_PASSES)
    with pytest.raises(UsageError) as caught:
        hook.install(repository.project)
    assert "--chain" in caught.value.next_step
    hook.install(repository.project, chain=True)
    assert hook.install(repository.project).done == "same"
    assert hook.install(repository.project, chain=True).done == "same"
    repository.write(".gitignore", "ran\n")
    stops_what_drifts_and_nothing_else(repository)
    ran = (repository.top / "ran").read_text().splitlines()
    assert [len(line.split()) for line in ran] == [4, 4]
    assert hook.uninstall(repository.project).done == "removed"
    assert file.read_text() == ALL_PASSES


def test_the_kept_hook_can_still_stop_a_push(repository):
    repository.existing("#!/bin/sh\ncat > /dev/null\nexit 7\n")
    hook.install(repository.project, chain=True)
    repository.commit()
    assert repository.push().returncode != 0
    assert repository.pushed() == ""


def test_a_hook_that_was_kept_before_is_never_overwritten(repository):
    file = repository.existing(ALL_PASSES)
    hook.install(repository.project, chain=True)
    file.write_text("#!/bin/sh\n# a new one\n")
    with pytest.raises(UsageError, match="before-parity"):
        hook.install(repository.project, chain=True)
    assert file.with_name("pre-push.before-parity").read_text() == ALL_PASSES


def test_after_a_hook_that_reads_the_list_the_checked_out_commit_is_looked_at(repository):
    """As git-lfs's does: nothing is left on standard input."""
    call = f"{sys.executable} -m parity hook run"
    repository.existing(f'#!/bin/sh\ncat > /dev/null\n{call} "$@" || exit 1\n')
    stops_what_drifts_and_nothing_else(repository)


def test_a_push_of_nothing_checks_nothing(repository):
    hook.install(repository.project)
    repository.commit()
    repository.push()
    again = repository.git("push", "origin", "main", check=False)
    assert again.returncode == 0
    assert "checking" not in again.stderr


def test_from_a_worktree_the_hook_goes_to_the_folder_that_all_share(repository, tmp_path):
    repository.commit()
    repository.git("worktree", "add", "--quiet", str(tmp_path / "other"), "-b", "other")
    done = hook.install(tmp_path / "other")
    assert done.file == repository.top / ".git" / "hooks" / "pre-push"
    stops_what_drifts_and_nothing_else(repository)


def test_the_framework_may_take_over_what_was_installed(repository):
    hook.install(repository.project)
    repository.write(".pre-commit-config.yaml", "- id: parity-check\n")
    assert hook.uninstall(repository.project).done == "removed"


def test_scopes_of_the_setting(repository):
    assert git.hooks_path(repository.top) is None
    repository.git("config", "core.hooksPath", "a b")
    assert git.hooks_path(repository.top) == git.HooksPath("local", "a b")
    assert hook_place.location(repository.project).file == repository.top / "a b" / "pre-push"
