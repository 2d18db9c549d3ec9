"""Layers as tars: any tar reads the small ones, and equal layers are equal bytes."""

import io
import os
import tarfile

import pytest

from parity.stack.gateway_image.store import archive, layers
from parity.stack.gateway_image.store.layers import cut
from parity.stack.gateway_image.store.tree import tree, walk


def packed(root):
    """The tar of each layer of a tree."""
    hashes = {path: content for path, (_, _, content) in tree(str(root)).known.items()}
    tars = []
    for layer in cut(list(walk(str(root))), hashes):
        target = io.BytesIO()
        archive.write(str(root), layer, target)
        tars.append(target.getvalue())
    return tars


def members(data):
    with tarfile.open(fileobj=io.BytesIO(data)) as found:
        return {info.name: info for info in found}


@pytest.fixture
def root(tmp_path):
    top = tmp_path / "root"
    (top / "d").mkdir(parents=True)
    (top / "d" / "file").write_text("content")
    (top / "d" / "link").symlink_to("/elsewhere")
    os.link(top / "d" / "file", top / "hard")
    os.mkfifo(top / "pipe")
    os.utime(top / "d" / "file", ns=(5, 1_500_000_000_123_456_789))
    return top


def test_everything_is_in_it(root):
    first, links = packed(root)
    found = members(first)
    assert set(found) == {".", "d", "d/file", "d/link", "pipe"}
    assert found["d"].isdir()
    assert found["d/link"].linkname == "/elsewhere"
    assert found["pipe"].isfifo()
    assert found["d/file"].pax_headers["mtime"] == "1500000000.123456789"
    assert members(links)["hard"].linkname == "d/file"


def test_contents_can_be_read_by_any_tar(root):
    with tarfile.open(fileobj=io.BytesIO(packed(root)[0])) as found:
        assert found.extractfile("d/file").read() == b"content"


def test_equal_trees_are_equal_bytes(root, tmp_path):
    assert os.system(f"cp -a {root} {tmp_path}/copy") == 0
    assert packed(tmp_path / "copy") == packed(root)


@pytest.mark.parametrize("ns", [-(10**9) // 2, -1, -(10**18), 0, 10**18])
def test_times_before_the_epoch_and_whole_ones(root, ns):
    os.utime(root / "pipe", ns=(0, ns))
    info = members(packed(root)[0])["pipe"]
    assert float(info.pax_headers.get("mtime", info.mtime)) == ns / 10**9


def test_a_large_file_is_announced_and_comes_in_pieces(root, monkeypatch):
    monkeypatch.setattr(layers, "LARGE", 1000)
    monkeypatch.setattr(layers, "PIECE", 2000)
    data = os.urandom(4500)
    (root / "big").write_bytes(data)
    first, _, *pieces = packed(root)
    assert members(first)["big"].size == 0
    assert members(first)["big"].pax_headers[archive.SIZE] == "4500"
    got = b""
    for piece in pieces:
        with tarfile.open(fileobj=io.BytesIO(piece)) as found:
            info = found.getmember("big")
            assert info.pax_headers[archive.OFFSET] == str(len(got))
            got += found.extractfile(info).read()
    assert got == data


def test_a_state_that_lost_a_file_is_told(root):
    hashes = {path: content for path, (_, _, content) in tree(str(root)).known.items()}
    (first, _) = cut(list(walk(str(root))), hashes)
    (root / "pipe").unlink()
    with pytest.raises(ValueError, match="pipe has gone"):
        archive.write(str(root), first, io.BytesIO())


def test_a_file_that_is_shorter_than_it_was_is_told(root, monkeypatch):
    monkeypatch.setattr(layers, "LARGE", 1000)
    (root / "big").write_bytes(bytes(1500))
    hashes = {path: content for path, (_, _, content) in tree(str(root)).known.items()}
    *_, piece = cut(list(walk(str(root))), hashes)
    (root / "big").write_bytes(bytes(1200))
    with pytest.raises(ValueError, match="big is shorter"):
        archive.write(str(root), piece, io.BytesIO())
