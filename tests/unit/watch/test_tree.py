"""What changed in a folder is what the disk says, wherever events point."""

import os
import shutil
import subprocess
import sys

import pytest

from parity.watch.ignored import Git
from parity.watch.rules import Rule, Scope
from parity.watch.tree import Delta, Tree


@pytest.fixture
def tree(tmp_path):
    root = tmp_path / "src"
    (root / "deep").mkdir(parents=True)
    (root / "a.py").write_text("a")
    (root / "deep" / "b.py").write_text("b")
    return Tree(Scope(Rule("web", root, "sync", "/srv"), Git(tmp_path)))


def root(tree):
    return tree.scope.rule.path


def test_nothing_changed(tree):
    assert tree.update(None).empty
    assert tree.update([root(tree) / "a.py"]).empty


@pytest.mark.parametrize("everywhere", [True, False])
def test_to_ask_whether_something_differs_changes_nothing(tree, everywhere):
    paths = None if everywhere else [root(tree) / "a.py"]
    assert not tree.differs(paths)
    (root(tree) / "a.py").write_text("longer")
    assert tree.differs(paths)
    assert not tree.differs([root(tree).parent / "elsewhere"])
    assert tree.update(paths) == Delta(("a.py",))
    assert not tree.differs(paths)


def test_an_edit_a_new_file_and_one_that_is_gone(tree):
    (root(tree) / "a.py").write_text("longer")
    (root(tree) / "c.py").write_text("c")
    (root(tree) / "deep" / "b.py").unlink()
    assert tree.update([root(tree) / name for name in ("a.py", "c.py", "deep/b.py")]) == Delta(
        ("a.py", "c.py"), ("deep/b.py",)
    )
    assert tree.update(None).empty
    assert tree.moved == {"a.py", "c.py"}


def test_rename_and_replace_is_one_edit(tree):
    aside = root(tree) / ".a.py.swp"
    aside.write_text("b")
    os.replace(aside, root(tree) / "a.py")
    assert tree.update([aside, root(tree) / "a.py"]) == Delta(("a.py",))


def test_a_folder_that_is_gone_takes_its_files_along(tree):
    shutil.rmtree(root(tree) / "deep")
    assert tree.update([root(tree) / "deep"]) == Delta((), ("deep/b.py",))


def test_a_folder_that_came_brings_its_files(tree):
    (root(tree) / "new" / "er").mkdir(parents=True)
    (root(tree) / "new" / "er" / "x.py").write_text("")
    assert tree.update([root(tree) / "new"]) == Delta(("new/er/x.py",))


def test_the_whole_folder_deleted_and_made_again(tree):
    folder = root(tree)
    shutil.rmtree(folder)
    assert tree.update([folder]).gone == ("a.py", "deep/b.py")
    folder.mkdir()
    (folder / "a.py").write_text("new")
    assert tree.update(None) == Delta(("a.py",))


def test_a_link_is_a_file_and_a_loop_of_them_ends(tree):
    (root(tree) / "loop").symlink_to(root(tree))
    (root(tree) / "broken").symlink_to("nowhere")
    assert tree.update(None) == Delta(("broken", "loop"))


def test_pipes_and_sockets_are_no_files(tree):
    os.mkfifo(root(tree) / "pipe")
    assert tree.update(None).empty


def test_a_file_that_becomes_ignored_is_forgotten_not_gone(tree, tmp_path):
    (tmp_path / ".git").mkdir()
    (tmp_path / ".gitignore").write_text("a.py\n")
    tree.again(Scope(tree.scope.rule, Git(tmp_path)))
    assert tree.update(None).empty
    (tmp_path / ".gitignore").write_text("")
    tree.again(Scope(tree.scope.rule, Git(tmp_path)))
    assert tree.update(None) == Delta(("a.py",))


def test_a_rule_for_one_file(tmp_path):
    file = tmp_path / "app.conf"
    file.write_text("1")
    tree = Tree(Scope(Rule("web", file, "sync", "/etc/app.conf"), Git(tmp_path)))
    file.write_text("22")
    assert tree.update([file]) == Delta(("",))
    file.unlink()
    assert tree.update([file]) == Delta((), ("",))


def test_a_log_of_the_watch_itself_is_no_change(tmp_path):
    code = (
        "import sys; from pathlib import Path\n"
        "from parity.watch.ignored import Git\n"
        "from parity.watch.rules import Rule, Scope\n"
        "from parity.watch.tree import Tree\n"
        "root = Path(sys.argv[1])\n"
        "print(Tree(Scope(Rule('web', root, 'sync', '/srv'), Git(root))).known.keys())\n"
    )
    (tmp_path / "a.py").write_text("a")
    with (tmp_path / "out.txt").open("w") as out:
        subprocess.run([sys.executable, "-c", code, str(tmp_path)], stdout=out, check=True)
    assert (tmp_path / "out.txt").read_text() == "dict_keys(['a.py'])\n"
