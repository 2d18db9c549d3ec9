"""Compressed layers: known by their digest, gone when they fail."""

import fcntl
import hashlib
import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from parity.stack.gateway_image.store import place
from parity.stack.gateway_image.store.spool import (
    blob_path,
    compressed,
    keep,
    known,
    receiving,
    remember,
)

pytestmark = pytest.mark.skipif(not shutil.which("zstd"), reason="the machine has no zstd")
DIGEST = f"sha256:{'ab' * 32}"


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "STORE", tmp_path)
    return tmp_path


def made(data):
    with compressed() as one:
        one.input.write(data)
    return keep(one)


def test_what_is_written_comes_out_under_its_digest():
    blob = made(b"content" * 100_000)
    data = blob_path(blob["digest"]).read_bytes()
    assert blob == {"digest": f"sha256:{hashlib.sha256(data).hexdigest()}", "size": len(data)}
    plain = subprocess.run(["zstd", "-dc"], input=data, capture_output=True, check=True).stdout
    assert plain == b"content" * 100_000


def test_equal_contents_are_equal_blobs():
    assert made(b"x" * 10**6) == made(b"x" * 10**6)


def test_a_layer_that_fails_leaves_nothing(store):
    with pytest.raises(ValueError, match="no more"), compressed() as one:
        one.input.write(b"x" * 10**6)
        raise ValueError("no more")
    assert list((store / "ship" / "blobs").iterdir()) == []


def test_a_full_disk_is_told_as_such(store, monkeypatch):
    opened = Path.open
    monkeypatch.setattr(Path, "open", lambda path, mode: opened(Path("/dev/full"), mode, 0))
    with pytest.raises(OSError, match="No space left"), compressed() as one:
        for _ in range(100):
            one.input.write(bytes(range(256)) * 4096)
    monkeypatch.undo()
    assert list((store / "ship" / "blobs").iterdir()) == []


def test_layers_are_remembered():
    assert known("layer") == {}
    remember("layer", {"digest": DIGEST, "size": 5})
    assert known("layer") == {"digest": DIGEST, "size": 5}


@pytest.mark.parametrize("text", ["", "x", "sha256:x y", "a b c"])
def test_what_is_damaged_was_never_remembered(store, text):
    remember("layer", {"digest": DIGEST, "size": 5})
    (store / "ship" / "layers" / "layer").write_text(text)
    assert known("layer") == {}


@pytest.mark.parametrize(
    "digest", ["", "sha256:", "sha256:../../x", f"md5:{'a' * 64}", DIGEST.upper()]
)
def test_what_is_no_digest_is_no_name_of_a_file(digest):
    with pytest.raises(ValueError, match="not a sha256 digest"):
        blob_path(digest)


def test_what_came_before_is_there_again():
    with receiving(DIGEST) as file:
        file.write(b"half")
    with receiving(DIGEST) as file:
        file.seek(0)
        assert file.read() == b"half"


def test_a_blob_that_is_there_is_not_received():
    blob_path(DIGEST).write_bytes(b"whole")
    with receiving(DIGEST) as file:
        assert file is None
    assert [p.name for p in blob_path(DIGEST).parent.iterdir()] == [blob_path(DIGEST).name]


def test_a_second_one_waits_and_finds_it_whole():
    found = []

    def second():
        with receiving(DIGEST) as file:
            found.append(file)

    with receiving(DIGEST) as file:
        other = threading.Thread(target=second)
        other.start()
        part = blob_path(DIGEST).with_name(f"{blob_path(DIGEST).name}.part")
        with part.open() as probe, pytest.raises(BlockingIOError):
            fcntl.flock(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
        file.write(b"whole")
        file.flush()
        part.rename(blob_path(DIGEST))
    other.join(10)
    assert found == [None]
