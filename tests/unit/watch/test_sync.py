"""Files on their way into containers."""

import tarfile
from types import SimpleNamespace

import pytest

from parity.errors import UsageError
from parity.watch.rules import Rule
from parity.watch.sync import archive, place, sync
from parity.watch.tree import Delta


@pytest.fixture
def rule(tmp_path):
    (tmp_path / "deep").mkdir()
    (tmp_path / "a.py").write_text("aa")
    (tmp_path / "deep" / "b.sh").write_text("b")
    (tmp_path / "deep" / "b.sh").chmod(0o755)
    (tmp_path / "link").symlink_to("a.py")
    return Rule("web", tmp_path, "sync", "/srv/app/")


def members(rule, names, base="/srv/app", owner=(7, 8)):
    with archive(rule, names, base, owner) as made, tarfile.open(fileobj=made) as tar:
        return {m.name: m for m in tar.getmembers()}


def test_files_keep_their_modes_and_get_the_services_owner(rule):
    found = members(rule, ["a.py", "deep/b.sh", "link"])
    assert set(found) == {"a.py", "deep/b.sh", "link"}
    assert (found["a.py"].uid, found["a.py"].gid, found["a.py"].uname) == (7, 8, "")
    assert found["deep/b.sh"].mode & 0o777 == 0o755
    assert found["link"].issym()


def test_hard_links_are_whole_files(rule, tmp_path):
    (tmp_path / "again").hardlink_to(tmp_path / "a.py")
    found = members(rule, ["a.py", "again"])
    assert all(one.isreg() and one.size == 2 for one in found.values())


def test_one_that_has_gone_in_between_is_left_out(rule):
    assert set(members(rule, ["a.py", "nothing"])) == {"a.py"}


def test_names_from_the_top_where_the_target_is_not_there_yet(rule):
    assert set(members(rule, ["deep/b.sh"], base="/")) == {"srv/app/deep/b.sh"}


def test_a_rule_for_one_file(tmp_path):
    file = tmp_path / "app.conf"
    file.write_text("x")
    rule = Rule("web", file, "sync", "/etc/app/own.conf")
    assert place(rule, "") == "/etc/app/own.conf"
    assert set(members(rule, [""], base="/etc/app")) == {"own.conf"}


@pytest.mark.parametrize("target", ["", "relative"])
def test_a_target_that_is_no_absolute_path_is_told(rule, target):
    bad = Rule("web", rule.path, "sync", target)
    with pytest.raises(UsageError, match="no absolute path"):
        sync(SimpleNamespace(), bad, Delta(("a.py",)), [])
