"""Foreign tars: what is ours comes out as it was, and nothing is ever written elsewhere."""

import io
import os
import tarfile

import pytest

from parity.stack.gateway_image.store import archive, layers
from parity.stack.gateway_image.store.extract import Extractor, HostileError
from parity.stack.gateway_image.store.layers import cut
from parity.stack.gateway_image.store.tree import tree, walk


def unpacked(tars, target, files=1000, room=10**9):
    target.mkdir()
    extractor = Extractor(str(target), files, room)
    try:
        for data in tars:
            extractor.layer(io.BytesIO(data))
        extractor.finish()
    finally:
        extractor.close()
    return tree(str(target))


def packed(root):
    hashes = {path: content for path, (_, _, content) in tree(str(root)).known.items()}
    for layer in cut(list(walk(str(root))), hashes):
        target = io.BytesIO()
        archive.write(str(root), layer, target)
        yield target.getvalue()


@pytest.fixture
def root(tmp_path):
    top = tmp_path / "root"
    (top / "d" / "deep").mkdir(parents=True)
    (top / "d" / "deep" / "file").write_text("content")
    (top / "d" / "link").symlink_to("/elsewhere")
    os.link(top / "d" / "deep" / "file", top / "hard")
    os.mkfifo(top / "pipe", 0o604)
    (top / "pipe").chmod(0o604)
    (top / "set").touch()
    (top / "set").chmod(0o4711)
    (top / "d").chmod(0o1777)
    (top / os.fsdecode(b"odd \n\xff\xe9")).write_text("x")
    (top / ("long" * 50)).write_text("x")
    (top / "empty").mkdir(mode=0o700)
    os.utime(top / "set", ns=(5, -1_500_000_000_123_456_789))
    os.utime(top / "d" / "link", ns=(5, 77), follow_symlinks=False)
    os.utime(top / "d", ns=(5, 78))
    return top


def test_a_tree_comes_out_as_it_was(root, tmp_path):
    before = tree(str(root))
    after = unpacked(packed(root), tmp_path / "out")
    assert (after.digest, after.quick) == (before.digest, before.quick)
    assert os.stat(tmp_path / "out" / "hard").st_nlink == 2
    assert os.stat(tmp_path / "out" / "d").st_mtime_ns == 78


def test_large_files_come_out_as_they_were_with_their_holes(root, tmp_path, monkeypatch):
    monkeypatch.setattr(layers, "LARGE", 1 << 20)
    monkeypatch.setattr(layers, "PIECE", 2 << 20)
    with (root / "big").open("wb") as file:
        file.write(os.urandom(5000))
        file.seek(5 << 20)
        file.write(b"end")
    before = tree(str(root))
    after = unpacked(packed(root), tmp_path / "out")
    assert (after.digest, after.quick) == (before.digest, before.quick)
    assert os.stat(tmp_path / "out" / "big").st_blocks * 512 < 1 << 20


def test_attributes_come_out_as_they_were(root, tmp_path):
    try:
        os.setxattr(root / "set", "user.note", b"\xff\0\n=1")
    except OSError:
        pytest.skip("this file system keeps no attributes")
    before = tree(str(root))
    assert unpacked(packed(root), tmp_path / "out").digest == before.digest
    assert os.getxattr(tmp_path / "out" / "set", "user.note") == b"\xff\0\n=1"


def made(*rows):
    """A tar of (name, type, link or content, headers)."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w", format=tarfile.PAX_FORMAT) as found:
        for name, kind, text, *headers in rows:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, 0o755
            info.uid, info.gid = os.getuid(), os.getgid()
            info.pax_headers = headers[0] if headers else {}
            data = text.encode() if kind == tarfile.REGTYPE else b""
            info.linkname = "" if data else text
            info.size = len(data)
            found.addfile(info, io.BytesIO(data))
    return target.getvalue()


TOP = (".", tarfile.DIRTYPE, "")
FILE, LINK, HARD, DIR = tarfile.REGTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE
HOSTILE = {
    "leads out": [("../evil", FILE, "x")],
    "leads out in the middle": [("a", DIR, ""), ("a/../../evil", FILE, "x")],
    "absolute": [("/evil", FILE, "x")],
    "through a link": [("out", LINK, ".."), ("out/evil", FILE, "x")],
    "a folder through a link": [("out", LINK, ".."), ("out/evil", DIR, "")],
    "over a link": [("evil", LINK, "../evil"), ("evil", FILE, "x")],
    "a link over a file": [("evil", FILE, "x"), ("evil", LINK, "..")],
    "a hard link that leads out": [("evil", HARD, "../victim")],
    "a hard link through a link": [("out", LINK, ".."), ("evil", HARD, "out/victim")],
    "a hard link to nothing": [("evil", HARD, "nothing")],
    "a file without its folder": [("a/evil", FILE, "x")],
    "a character device": [("evil", tarfile.CHRTYPE, "")],
    "a block device": [("evil", tarfile.BLKTYPE, "")],
    "a sparse entry": [("evil", tarfile.GNUTYPE_SPARSE, "")],
    "twice": [("evil", FILE, "x"), ("evil", FILE, "y")],
    "a folder twice": [("evil", DIR, ""), ("evil", DIR, "")],
    "the top as a file": [(".", FILE, "x")],
    "the top as a link": [(".", LINK, "..")],
    "a piece of nothing": [("evil", FILE, "x", {archive.OFFSET: "0", archive.SIZE: "1"})],
    "a piece behind the end": [
        ("big", FILE, "", {archive.SIZE: "10"}),
        ("big", FILE, "x", {archive.OFFSET: "10", archive.SIZE: "10"}),
    ],
    "a piece of a link": [
        ("big", LINK, "../victim"),
        ("big", FILE, "x", {archive.OFFSET: "0", archive.SIZE: "1"}),
    ],
    "a size that is none": [("evil", FILE, "", {archive.SIZE: "-5"})],
    "a size without end": [("evil", FILE, "", {archive.SIZE: "9" * 30})],
    "a time that is none": [("evil", FILE, "x", {"mtime": "never"})],
    "more bytes than announced": [("evil", FILE, "x" * 200)],
    "more bytes than announced in pieces": [("evil", FILE, "", {archive.SIZE: "200"})],
    "more files than announced": [(f"f{n}", FILE, "") for n in range(6)],
}


@pytest.mark.parametrize("what", HOSTILE)
def test_what_is_hostile_is_refused_and_touches_nothing(tmp_path, what):
    (tmp_path / "victim").write_text("unharmed")
    with pytest.raises(ValueError, match=r".+"):
        unpacked([made(TOP, *HOSTILE[what])], tmp_path / "out", files=5, room=100)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "victim"]
    assert (tmp_path / "victim").read_text() == "unharmed"
    assert (tmp_path / "victim").stat().st_nlink == 1


def test_links_that_lead_out_are_kept_but_never_followed(tmp_path):
    """Volumes hold such links in good faith; only what mounts the volume follows them."""
    (tmp_path / "victim").write_text("unharmed")
    unpacked([made(TOP, ("a", LINK, "/etc/passwd"), ("b", LINK, "../victim"))], tmp_path / "out")
    assert os.readlink(tmp_path / "out" / "a") == "/etc/passwd"
    assert (tmp_path / "victim").read_text() == "unharmed"


def test_names_with_a_leading_dot_are_names_below_the_top(tmp_path):
    found = unpacked(
        [made(("./", DIR, ""), ("./a/", DIR, ""), ("./a/b", FILE, "x"))], tmp_path / "o"
    )
    assert found.files == 1
    assert (tmp_path / "o" / "a" / "b").read_text() == "x"


def test_attributes_that_are_none_of_a_states_are_left_out(tmp_path):
    rows = [("f", FILE, "x", {f"{archive.XATTR}trusted.overlay.opaque": "y"})]
    unpacked([made(TOP, *rows)], tmp_path / "out")
    assert "trusted.overlay.opaque" not in os.listxattr(tmp_path / "out" / "f")


@pytest.mark.parametrize("cut_at", [100, 1300])
def test_half_a_tar_is_no_tar(tmp_path, cut_at):
    data = made(TOP, ("f", FILE, "x" * 600))[:cut_at]
    with pytest.raises(ValueError, match="not a whole tar") as caught:
        unpacked([data], tmp_path / "out")
    assert not isinstance(caught.value, HostileError)
