"""The pre-push hook, with real git and real pushes."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest

from parity.actions import hook
from parity.errors import UsageError

TOML = """\
[environments.dev]
files = ["dev.yaml"]

[environments.prod]
files = ["prod.yaml"]

[check]
compare = ["dev", "prod"]
"""
PROD = (
    "services:\n  web:\n    image: shop/web:1.2.3\n    environment:\n      API_URL: https://api\n"
)
DRIFT = PROD.replace("https://api", '"https://api "')


class Repository:
    """A work tree that pushes to a bare repository beside it."""

    def __init__(self, folder, project="."):
        self.top = folder / "work"
        self.project = self.top / project
        self.project.mkdir(parents=True)
        self.git("init", "--quiet", "--initial-branch=main", at=self.top)
        self.git("init", "--quiet", "--bare", str(folder / "remote.git"), at=folder)
        self.git("remote", "add", "origin", str(folder / "remote.git"))
        self.write("parity.toml", TOML)
        self.write("prod.yaml", PROD)
        self.write("dev.yaml", PROD)

    def write(self, name, text):
        (self.project / name).write_text(text)

    def git(self, *arguments, at=None, check=True, **env):
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "PRE_COMMIT"))}
        identity = {
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org",
            "GIT_CONFIG_GLOBAL": os.devnull,
        }
        return subprocess.run(
            ["git", *arguments],
            cwd=at or self.top,
            env={**plain, **identity, **env},
            capture_output=True,
            text=True,
            check=check,
            timeout=120,
        )

    def commit(self):
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "-m", "x")

    def push(self):
        return self.git("push", "--quiet", "origin", "main", check=False)

    def pushed(self):
        done = self.git("ls-remote", "origin", "main")
        return done.stdout.split()[0] if done.stdout else ""

    def head(self):
        return self.git("rev-parse", "HEAD").stdout.strip()


@pytest.fixture
def repository(tmp_path):
    repository = Repository(tmp_path)
    hook.install(repository.project)
    return repository


def test_what_agrees_is_pushed(repository):
    repository.commit()
    done = repository.push()
    assert done.returncode == 0, done.stderr
    assert repository.pushed() == repository.head()


def test_drift_is_stopped_with_the_finding_and_the_line_until_it_is_accepted(repository):
    repository.write("dev.yaml", DRIFT)
    repository.commit()
    stopped = repository.push()
    assert stopped.returncode != 0
    assert "services.web.environment.API_URL" in stopped.stdout
    assert "dev.yaml:5" in stopped.stdout
    assert "parity accept" in stopped.stderr
    assert repository.pushed() == ""

    command = [
        sys.executable,
        "-m",
        "parity",
        "accept",
        "DF002",
        "services.web.environment.API_URL",
    ]
    tomorrow = datetime.now(tz=UTC).date() + timedelta(days=1)
    subprocess.run(
        [*command, "--reason", "the mock needs it", "--until", str(tomorrow)],
        cwd=repository.project,
        check=True,
        capture_output=True,
        timeout=60,
    )
    text = (repository.project / "parity.toml").read_text()
    assert text.startswith(TOML)
    assert f"expires = {tomorrow}" in text
    repository.commit()
    passed = repository.push()
    assert passed.returncode == 0, passed.stdout + passed.stderr

    yesterday = datetime.now(tz=UTC).date() - timedelta(days=1)
    repository.write("parity.toml", text.replace(str(tomorrow), str(yesterday)))
    repository.commit()
    again = repository.push()
    assert again.returncode != 0
    assert "services.web.environment.API_URL" in again.stdout
    assert "WV001" in again.stdout


def test_the_commit_counts_and_not_the_work_tree(repository):
    repository.commit()
    repository.write("dev.yaml", DRIFT)
    assert repository.push().returncode == 0

    repository.commit()
    repository.write("dev.yaml", PROD)
    done = repository.push()
    assert done.returncode != 0
    assert "API_URL" in done.stdout


def test_every_pushed_commit_is_looked_at(repository):
    repository.commit()
    repository.git("branch", "good")
    repository.write("dev.yaml", DRIFT)
    repository.commit()
    done = repository.git("push", "--quiet", "origin", "good", "main", check=False)
    assert done.returncode != 0
    assert "API_URL" in done.stdout


def test_a_deleted_branch_needs_no_check(repository):
    repository.commit()
    repository.git("push", "--quiet", "origin", "main:old")
    assert repository.git("push", "--quiet", "origin", ":old", check=False).returncode == 0


def test_a_broken_definition_stops_the_push_and_says_where(repository):
    repository.write("dev.yaml", "services: [\n")
    repository.commit()
    done = repository.push()
    assert done.returncode != 0
    assert "dev.yaml" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_project_below_the_top_of_its_repository(tmp_path):
    repository = Repository(tmp_path, "stacks/shop it")
    hook.install(repository.project)
    repository.write("dev.yaml", DRIFT)
    repository.commit()
    done = repository.push()
    assert done.returncode != 0
    assert "API_URL" in done.stdout


def test_in_a_second_worktree(repository, tmp_path):
    repository.commit()
    repository.push()
    repository.git("worktree", "add", "--quiet", str(tmp_path / "other"), "-b", "other")
    (tmp_path / "other" / "dev.yaml").write_text(DRIFT)
    repository.git("commit", "--quiet", "-am", "x", at=tmp_path / "other")
    done = repository.git("push", "--quiet", "origin", "other", at=tmp_path / "other", check=False)
    assert done.returncode != 0
    assert "API_URL" in done.stdout


def test_installing_twice_changes_nothing(repository):
    assert hook.install(repository.project).done == "same"


def test_a_hooks_folder_of_the_users_choice(tmp_path):
    repository = Repository(tmp_path)
    repository.git("config", "core.hooksPath", ".hooks")
    assert hook.install(repository.project).file == repository.top / ".hooks" / "pre-push"


def test_another_hook_is_left_alone_and_named(tmp_path):
    repository = Repository(tmp_path)
    other = repository.top / ".git" / "hooks" / "pre-push"
    other.parent.mkdir(exist_ok=True)
    other.write_text("#!/bin/sh\nexit 0\n")
    with pytest.raises(UsageError, match="not parity's") as caught:
        hook.install(repository.project)
    assert "parity hook run" in caught.value.next_step
    with pytest.raises(UsageError):
        hook.uninstall(repository.project)
    assert other.read_text() == "#!/bin/sh\nexit 0\n"


def test_the_framework_is_told_apart(tmp_path):
    repository = Repository(tmp_path)
    other = repository.top / ".git" / "hooks" / "pre-push"
    other.parent.mkdir(exist_ok=True)
    other.write_text("#!/usr/bin/env bash\n# File generated by pre-commit\n")
    with pytest.raises(UsageError) as caught:
        hook.install(repository.project)
    assert ".pre-commit-config.yaml" in caught.value.next_step


def test_uninstalling_removes_it_once(repository):
    assert hook.uninstall(repository.project).done == "removed"
    assert hook.uninstall(repository.project).done == "same"


def test_outside_of_a_repository(tmp_path):
    with pytest.raises(UsageError, match="git"):
        hook.install(tmp_path)


def test_which_commits_a_push_sends(monkeypatch):
    for name in ("PRE_COMMIT", "PRE_COMMIT_TO_REF", "PRE_COMMIT_LOCAL_BRANCH"):
        monkeypatch.delenv(name, raising=False)
    one, two, none = "1" * 40, "2" * 40, "0" * 40
    lines = f"refs/heads/a {one} refs/heads/a {none}\nrefs/heads/b {two} refs/heads/b {one}\n"
    assert hook.pushed(lines + f"refs/heads/c {one} x {none}\n(delete) {none} y {one}\n") == (
        one,
        two,
    )
    assert hook.pushed("", listed=True) == ()
    assert hook.pushed("\n") == ("HEAD",), "something has read the list before"
    assert hook.pushed(f"(delete) {none} y {one}\n") == ()
    for rubbish in ("a b c d e", f"a {one} b", f"a HEAD b {none}", "\0\ufffd"):
        with pytest.raises(UsageError, match="not git's list"):
            hook.pushed(f"{rubbish}\n")
    monkeypatch.setenv("PRE_COMMIT", "1")
    assert hook.pushed("") == ("HEAD",)
    monkeypatch.setenv("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/a")
    assert hook.pushed("") == ("refs/heads/a",)
    assert hook.pushed(f"a {one} a {none}") == (one,)
    monkeypatch.setenv("PRE_COMMIT_TO_REF", two)
    assert hook.pushed("") == (two,)


def test_a_project_below_the_top_is_looked_at_whatever_the_work_tree_is_like(tmp_path):
    below = Repository(tmp_path, "apps/shop one")
    hook.install(below.project)
    below.write("dev.yaml", DRIFT)
    below.commit()
    (below.top / "untracked").write_text("x")
    done = below.push()
    assert done.returncode != 0
    assert "apps/shop one/dev.yaml:5" in done.stdout + done.stderr


@pytest.mark.parametrize("place", [".", "apps/shop"])
def test_a_branch_without_the_project_is_pushed_and_others_from_it_are_checked(tmp_path, place):
    made = Repository(tmp_path, place)
    (made.top / "readme").write_text("x")
    made.git("add", "readme")
    made.git("commit", "--quiet", "--message", "nothing yet")
    made.git("branch", "bare")
    hook.install(made.project)
    made.write("dev.yaml", DRIFT)
    made.commit()
    made.git("checkout", "--quiet", "bare")
    done = made.git("push", "origin", "bare", check=False)
    assert done.returncode == 0, done.stderr
    assert "nothing to check" in done.stderr
    assert made.git("push", "origin", "main", check=False).returncode != 0


def test_a_tag_of_a_file_is_pushed(repository):
    repository.commit()
    repository.git("tag", "licence", repository.git("rev-parse", "HEAD:prod.yaml").stdout.strip())
    assert repository.git("push", "origin", "licence", check=False).returncode == 0


@pytest.mark.parametrize("place", [".", "apps/shop one"])
def test_the_copy_of_a_commit_has_the_projects_name_and_its_answers(tmp_path, place):
    """What is not committed yet must not make each push as slow as the first."""
    made = Repository(tmp_path, place)
    made.commit()
    (made.top / "new").write_text("x")
    with hook.tree_of(made.project, "HEAD") as (folder, top):
        assert folder != made.project
        assert (top.name, folder.name) == (made.top.name, made.project.name)
        assert (folder / ".parity").resolve() == made.project / ".parity"
    hook.install(made.project)
    assert made.push().returncode == 0
    kept = {file: file.stat().st_mtime_ns for file in (made.project / ".parity/checks").iterdir()}
    made.git("add", "--all")
    made.git("commit", "--quiet", "-m", "nothing that is checked")
    (made.top / "newer").write_text("x")
    assert made.push().returncode == 0
    assert {f: f.stat().st_mtime_ns for f in (made.project / ".parity/checks").iterdir()} == kept
    made.write("dev.yaml", DRIFT)
    made.commit()
    made.write("dev.yaml", PROD)
    assert made.push().returncode != 0, "another content is another answer"


def test_a_push_that_is_ended_leaves_no_copy(repository):
    repository.commit()
    (repository.project / "new").write_text("x")
    before = signal.getsignal(signal.SIGTERM)
    with (
        pytest.raises(SystemExit) as ended,
        hook.tree_of(repository.project, "HEAD") as (folder, _),
    ):
        assert (folder / "parity.toml").is_file()
        signal.raise_signal(signal.SIGTERM)
        pytest.fail("the signal ended nothing")
    assert ended.value.code == 128 + signal.SIGTERM
    assert not folder.exists()
    assert signal.getsignal(signal.SIGTERM) is before


def test_what_a_killed_push_left_goes_with_a_later_one(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(hook.tempfile, "tempdir", str(tmp_path / "tmp"))
    left, fresh = (tmp_path / "tmp" / f"parity-push-{name}" for name in ("left", "fresh"))
    for folder in (left, fresh):
        (folder / "work").mkdir(parents=True)
        (folder / "work" / ".parity").symlink_to(repository.project)
    os.utime(left, (0, 0))
    repository.commit()
    (repository.project / "new").write_text("x")
    with hook.tree_of(repository.project, "HEAD"):
        assert not left.exists()
        assert fresh.exists(), "another push may be at work in it"
    assert (repository.project / "parity.toml").is_file(), "the link was not followed"
