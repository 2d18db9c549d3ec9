"""A tree again, each of its files cloned: the kernel's cloning is stood in for by a copy."""

import os
import socket
import stat

import pytest

from parity.stack.gateway_image.store import twin as module
from parity.stack.gateway_image.store.tree import tree
from parity.stack.gateway_image.store.twin import twin


@pytest.fixture
def cloned(monkeypatch):
    """Sizes of the files that were cloned."""
    sizes = []

    def ioctl(new, request, old):
        assert request == 0x40049409
        sizes.append(os.sendfile(new, old, 0, os.fstat(old).st_size))

    monkeypatch.setattr(module.fcntl, "ioctl", ioctl)
    return sizes


@pytest.fixture
def source(tmp_path):
    root = tmp_path / "source"
    (root / "folder" / "below").mkdir(parents=True)
    (root / "folder" / "file").write_bytes(b"x" * 5000)
    (root / "empty").touch()
    (root / "one").write_text("both")
    os.link(root / "one", root / "folder" / "two")
    (root / "link").symlink_to("/nowhere")
    os.mkfifo(root / "pipe")
    (root / "folder" / "file").chmod(0o600)
    root.chmod(0o2750)
    for path in (*root.rglob("*"), root):
        os.utime(path, ns=(5, 10**18 + 7), follow_symlinks=False)
    return root


def test_the_twin_has_the_same_digest(source, tmp_path, cloned):
    twin(str(source), str(tmp_path / "twin"))
    assert tree(str(tmp_path / "twin")) == tree(str(source))
    assert (tmp_path / "twin").stat().st_mtime_ns == 10**18 + 7
    assert stat.S_IMODE((tmp_path / "twin").stat().st_mode) == 0o2750


def test_each_file_is_cloned_once_and_an_empty_one_not(source, tmp_path, cloned):
    twin(str(source), str(tmp_path / "twin"))
    assert sorted(cloned) == [4, 5000]
    made = tmp_path / "twin"
    assert (made / "one").samefile(made / "folder" / "two")


def test_attributes_and_a_socket_are_there_as_well(tmp_path, cloned, monkeypatch):
    source = tmp_path / "s"
    source.mkdir()
    (source / "noted").write_text("x")
    os.setxattr(source / "noted", "user.colour", b"blue")
    monkeypatch.chdir(source)
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket")
    twin(str(source), str(tmp_path / "t"))
    assert os.getxattr(tmp_path / "t" / "noted", "user.colour") == b"blue"
    assert (tmp_path / "t" / "socket").is_socket()


def test_a_file_system_that_cannot_is_an_error(source, tmp_path, monkeypatch):
    def ioctl(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(module.fcntl, "ioctl", ioctl)
    with pytest.raises(OSError, match="not supported"):
        twin(str(source), str(tmp_path / "twin"))
