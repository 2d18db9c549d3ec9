"""What git, Docker and editors' habits say is nobody's business."""

import subprocess
from pathlib import Path

import pytest

from parity.watch.ignored import Git, docker_patterns, dockerignore, is_passing

EDITORS = [
    "a.py~", ".a.py.swp", ".a.py.swo", "4913", ".#a.py", "#a.py#", "a.py___jb_tmp___",
    ".goutputstream-ABC", ".DS_Store", "a.pyc", ".git/index", "x/__pycache__/a.py", ".parity/s/lock",
]  # fmt: skip


@pytest.mark.parametrize("name", EDITORS)
def test_what_comes_and_goes_is_passing(name):
    assert is_passing(Path("/p") / name, Path("/p"))


@pytest.mark.parametrize("name", ["a.py", "swp.py", ".env", ".gitignore", "git/a", "a.sh", "49130"])
def test_what_stays_is_not(name):
    assert not is_passing(Path("/p") / name, Path("/p"))


@pytest.fixture
def repository(tmp_path):
    def make(files):
        subprocess.run(["git", "init", "-q", tmp_path], check=True)
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    return make


def test_it_agrees_with_git(repository, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", "/nonexistent")
    files = {
        ".gitignore": "*.log\nbuild/\n/top.txt\n!keep.log\ndocs/*.html\n",
        "sub/.gitignore": "!a.log\n*.tmp\n",
        "sub/deep/.gitignore": "!c.tmp\n",
        ".git/info/exclude": "private.txt\n",
        **dict.fromkeys(
            ["a.log", "keep.log", "top.txt", "sub/top.txt", "build/x/y.py", "sub/build/z", "sub/a.log",
             "sub/b.log", "sub/x.tmp", "sub/deep/c.tmp", "sub/deep/d.tmp", "private.txt",
             "docs/a.html", "docs/b/a.html", "src/main.py"], ""),
    }  # fmt: skip
    root = repository(files)
    git = Git(root)
    for name in files:
        if name.startswith(".git/"):
            continue
        done = subprocess.run(["git", "-C", root, "check-ignore", "-q", "--no-index", name])
        assert git.ignores(root / name) is (done.returncode == 0), name


def test_folders_are_ignored_with_all_in_them(repository):
    root = repository({".gitignore": "node_modules/\n", "node_modules/a/b.js": ""})
    assert Git(root).ignores(root / "node_modules", folder=True)
    assert Git(root).ignores(root / "node_modules" / "a" / "b.js")
    assert not Git(root).ignores(root, folder=True)


def test_a_project_below_the_top_of_a_repository(repository):
    root = repository({".gitignore": "*.log\n", "app/a.log": "", "app/a.py": ""})
    git = Git(root / "app")
    assert git.ignores(root / "app" / "a.log")
    assert not git.ignores(root / "app" / "a.py")


def test_lines_that_are_no_patterns_are_passed_over(repository):
    root = repository({".gitignore": "!\n\0\n*.log\n", "a.log": ""})
    assert Git(root).ignores(root / "a.log")


def test_outside_of_the_repository_nothing_is_ignored(repository):
    assert not Git(repository({".gitignore": "*\n"})).ignores(Path("/etc/hosts"))


@pytest.mark.parametrize(
    ("lines", "name", "matches"),
    [
        (("*.tmp",), "a.tmp", True),
        (("*.tmp",), "sub/a.tmp", False),
        (("**/*.tmp",), "sub/a.tmp", True),
        (("node_modules/",), "node_modules/a/b", True),
        (("node_modules",), "app/node_modules/a", False),
        (("./dist",), "dist/a", True),
        (("/dist",), "dist/a", True),
        (("*", "!keep"), "keep", False),
        (("docs", "!docs/a.md"), "docs/a.md", False),
        (("docs", "!docs/a.md"), "docs/b.md", True),
        (("# a comment", ""), "# a comment", False),
    ],
)
def test_dockers_patterns_begin_at_the_top(lines, name, matches):
    assert docker_patterns(lines).match_file(name) is matches


def test_a_dockerfile_may_have_an_ignore_file_of_its_own(tmp_path):
    (tmp_path / ".dockerignore").write_text("a\n")
    assert dockerignore(tmp_path) == ("a",)
    (tmp_path / "dev.Dockerfile.dockerignore").write_text("b\n")
    assert dockerignore(tmp_path, "dev.Dockerfile") == ("b",)
    assert dockerignore(tmp_path / "none") == ()
