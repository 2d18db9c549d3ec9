"""Digests of trees: what changes them, what does not."""

import os
import socket

import pytest

from parity.stack.gateway_image.store import tree as module
from parity.stack.gateway_image.store.tree import quick, read_index, tree, walk, write_index


@pytest.fixture
def root(tmp_path):
    """A folder with a file, a nested file, a link and an empty folder, all of one old time."""
    top = tmp_path / "root"
    (top / "base" / "1").mkdir(parents=True)
    (top / "empty").mkdir()
    (top / "PG_VERSION").write_text("15\n")
    (top / "base" / "1" / "2619").write_bytes(b"\0" * 9000)
    (top / "link").symlink_to("base/1")
    for path in [*top.rglob("*"), top]:
        os.utime(path, ns=(10**18, 10**18), follow_symlinks=False)
    return top


def copied(root, tmp_path, name="copy"):
    target = tmp_path / name
    assert os.system(f"cp -a {root} {target}") == 0
    return target


def test_a_copy_has_both_digests(root, tmp_path):
    assert tree(str(copied(root, tmp_path))) == tree(str(root))


def test_files_and_bytes_are_counted_without_folders(root):
    found = tree(str(root))
    assert (found.files, found.bytes) == (3, 9003)


def append(root):
    with (root / "PG_VERSION").open("a") as file:
        file.write("x")


CHANGES = {
    "content of equal length": lambda root: (root / "PG_VERSION").write_text("16\n"),
    "longer content": append,
    "a new file": lambda root: (root / "new").touch(),
    "an empty folder gone": lambda root: (root / "empty").rmdir(),
    "a file's mode": lambda root: (root / "PG_VERSION").chmod(0o600),
    "the mode of the root": lambda root: root.chmod(0o700),
    "a link's target": lambda root: ((root / "link").unlink(), (root / "link").symlink_to("x")),
    "a folder instead of a link": lambda root: ((root / "link").unlink(), (root / "link").mkdir()),
    "a file under another name": lambda root: (root / "PG_VERSION").rename(root / "PG_VERSIOM"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_shows_in_both(root, tmp_path, change):
    other = copied(root, tmp_path)
    CHANGES[change](other)
    before, after = tree(str(root)), tree(str(other))
    assert before.digest != after.digest
    assert before.quick != after.quick


def test_a_new_time_alone_shows_in_the_quick_digest_only(root, tmp_path):
    other = copied(root, tmp_path)
    os.utime(other / "PG_VERSION", ns=(10**18, 10**18 + 1))
    assert tree(str(root)).digest == tree(str(other)).digest
    assert quick(str(root)) != quick(str(other))


def test_a_change_with_the_old_time_shows_in_the_whole_digest(root, tmp_path):
    other = copied(root, tmp_path)
    (other / "PG_VERSION").write_text("16\n")
    os.utime(other / "PG_VERSION", ns=(10**18, 10**18))
    assert quick(str(root)) == quick(str(other))
    assert tree(str(root)).digest != tree(str(other)).digest


def test_a_folders_time_does_not_count(root, tmp_path):
    other = copied(root, tmp_path)
    os.utime(other / "base", ns=(5, 5))
    os.utime(other, ns=(5, 5))
    assert tree(str(root)) == tree(str(other))


def test_the_quick_digest_is_that_of_the_tree(root):
    assert quick(str(root)) == tree(str(root)).quick


def test_sockets_do_not_count(root, tmp_path, monkeypatch):
    other = copied(root, tmp_path)
    monkeypatch.chdir(other)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("s")
        os.utime(other, ns=(10**18, 10**18))
        assert tree(str(other)) == tree(str(root))


def test_a_named_pipe_is_not_opened(root):
    before = tree(str(root))
    os.mkfifo(root / "pipe")
    assert tree(str(root)).digest != before.digest


def test_names_that_are_no_text_are_told_apart(root):
    os.mkdir(os.fsencode(root) + b"/\xff")
    first = tree(str(root))
    os.rename(os.fsencode(root) + b"/\xff", os.fsencode(root) + b"/\xfe")
    assert tree(str(root)).digest != first.digest


def test_a_hard_link_counts_once_and_is_read_once(root, monkeypatch):
    os.link(root / "PG_VERSION", root / "again")
    read = []
    real = module._content
    monkeypatch.setattr(module, "_content", lambda *a: (read.append(a[1]), real(*a))[1])
    found = tree(str(root))
    assert found.bytes == 9003
    assert sorted(read) == [b"PG_VERSION", b"base/1/2619"]
    assert found.known[b"again"][2] == found.known[b"PG_VERSION"][2]


def test_fields_cannot_be_shifted_into_each_other(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    (tmp_path / "a" / "x").symlink_to("yz")
    (tmp_path / "b" / "xy").symlink_to("z")
    assert tree(str(tmp_path / "a")).digest != tree(str(tmp_path / "b")).digest


def test_known_files_are_not_read_again(root, monkeypatch):
    first = tree(str(root))
    (root / "PG_VERSION").write_text("16!\n")
    read = []
    real = module._content
    monkeypatch.setattr(module, "_content", lambda *a: (read.append(a[1]), real(*a))[1])
    second = tree(str(root), first.known)
    assert read == [b"PG_VERSION"]
    assert second == tree(str(root))


def test_an_index_is_read_as_it_was_written(root, tmp_path):
    os.mkdir(os.fsencode(root) + b"/\xff")
    (root / "ümlaut").touch()
    found = tree(str(root))
    write_index(str(tmp_path / "i"), {0: found.known, 3: found.known})
    assert read_index(str(tmp_path / "i")) == {0: found.known, 3: found.known}


@pytest.mark.parametrize("text", ["", "{", "[1]\n", '[0, "a", 1]\n'])
def test_a_damaged_index_is_no_index(tmp_path, text):
    (tmp_path / "i").write_text(text)
    assert read_index(str(tmp_path / "i")) == {}
    assert read_index(str(tmp_path / "none")) == {}


def test_a_file_that_vanishes_was_never_there(root, tmp_path, monkeypatch):
    other = copied(root, tmp_path)
    (other / "gone").write_text("x")
    real = module._content

    def vanish(top, path, size):
        if path == b"gone":
            (other / "gone").unlink()
        return real(top, path, size)

    monkeypatch.setattr(module, "_content", vanish)
    assert tree(str(other)).digest == tree(str(root)).digest


def test_a_root_that_is_not_there_is_told(tmp_path):
    with pytest.raises(FileNotFoundError):
        tree(str(tmp_path / "none"))


def test_entries_come_sorted_and_begin_with_the_root(root):
    paths = [entry.path for entry in walk(str(root))]
    assert paths[0] == b""
    assert paths == sorted(paths)
