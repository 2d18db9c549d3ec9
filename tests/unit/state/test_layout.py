"""A state in a file: written whole or not at all, read only when it is whole."""

import contextlib
import hashlib
import io
import json
import tarfile

import pytest

from parity.errors import DamageError, StateError
from parity.state.artifact import Blob, digest_of
from parity.state.layout import Reader, Writer

DATA = b"content" * 1000
BLOB = Blob(digest_of(DATA), len(DATA))
MANIFEST = json.dumps({"annotations": {"org.opencontainers.image.title": "seeded"}}).encode()


def ignore(count):
    pass


def manifest(path):
    with contextlib.closing(Reader(path)) as reader:
        return reader.manifest()


def opened(offset):
    return contextlib.closing(io.BytesIO(DATA[offset:]))


def written(path):
    writer = Writer(path)
    writer.upload(BLOB, opened, ignore)
    writer.put_manifest(MANIFEST)
    writer.close()
    return path


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "s.tar")


def test_it_is_an_oci_layout(file):
    with tarfile.open(file) as archive:
        names = archive.getnames()
        assert json.load(archive.extractfile("oci-layout")) == {"imageLayoutVersion": "1.0.0"}
        (row,) = json.load(archive.extractfile("index.json"))["manifests"]
        for name in names:
            if name.startswith("blobs/"):
                data = archive.extractfile(name).read()
                assert name == f"blobs/sha256/{hashlib.sha256(data).hexdigest()}"
    assert row["digest"] == digest_of(MANIFEST)
    assert row["annotations"] == {"org.opencontainers.image.ref.name": "seeded"}
    assert names[-1] == "index.json"


def test_equal_contents_are_equal_files(tmp_path, file):
    assert written(tmp_path / "t.tar").read_bytes() == file.read_bytes()


def test_what_is_written_is_read(file):
    reader = Reader(file)
    assert reader.manifest() == MANIFEST
    assert b"".join(reader.download(BLOB, 0, ignore)) == DATA
    assert b"".join(reader.download(BLOB, 6999, ignore)) == DATA[6999:]
    assert reader.small(BLOB) == DATA
    reader.close()


def test_the_file_appears_when_it_is_whole(tmp_path):
    writer = Writer(tmp_path / "s.tar")
    writer.upload(BLOB, opened, ignore)
    assert not (tmp_path / "s.tar").exists()
    writer.abandon()
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_was_there_stays_until_then(tmp_path):
    (tmp_path / "s.tar").write_text("before")
    writer = Writer(tmp_path / "s.tar")
    writer.upload(BLOB, opened, ignore)
    writer.abandon()
    assert (tmp_path / "s.tar").read_text() == "before"


def test_a_blob_is_written_once(tmp_path):
    writer = Writer(tmp_path / "s.tar")
    assert not writer.has(BLOB)
    writer.upload(BLOB, opened, ignore)
    assert writer.has(BLOB)
    writer.abandon()


def test_a_blob_that_ends_early_is_told(tmp_path):
    writer = Writer(tmp_path / "s.tar")
    with pytest.raises(DamageError, match="ends early"):
        writer.upload(Blob(BLOB.digest, len(DATA) + 1), opened, ignore)
    writer.abandon()


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StateError, match="cannot write .*: No such file"):
        Writer(tmp_path / "none" / "s.tar")


def test_a_full_disk_is_told(tmp_path):
    writer = Writer(tmp_path / "s.tar")
    writer._file.close()
    writer._file = open("/dev/full", "wb", buffering=0)  # noqa: SIM115
    with pytest.raises(StateError, match="No space left"):
        writer.upload(BLOB, opened, ignore)
    writer.abandon()


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(StateError, match="cannot read"):
        Reader(tmp_path / "none.tar")


@pytest.mark.parametrize("data", [b"", b"text", bytes(5000), b"\x1f\x8b\x08" + bytes(100)])
def test_something_else_is_not_a_state(tmp_path, data):
    (tmp_path / "s.tar").write_bytes(data)
    with pytest.raises(StateError, match="is not a parity state"):
        manifest(tmp_path / "s.tar")


def test_another_tar_is_not_a_state(tmp_path):
    with tarfile.open(tmp_path / "s.tar", "w") as archive:
        archive.addfile(tarfile.TarInfo("readme"))
    with pytest.raises(StateError, match="no OCI layout"):
        manifest(tmp_path / "s.tar")


def test_every_file_that_is_cut_short_is_refused(file, tmp_path):
    whole = file.read_bytes()
    end = whole.rindex(b"}") + 1
    for length in range(0, end, 97):
        file.write_bytes(whole[:length])
        with pytest.raises((DamageError, StateError)):
            manifest(file)


def test_a_changed_manifest_is_damage(file):
    file.write_bytes(file.read_bytes().replace(b'"seeded"}}', b'"seeDed"}}', 1))
    with pytest.raises(DamageError, match="is not what it holds"):
        manifest(file)


def index(tmp_path, text):
    with tarfile.open(tmp_path / "s.tar", "w") as archive:
        for name, data in (("oci-layout", b"{}"), ("index.json", text)):
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return tmp_path / "s.tar"


@pytest.mark.parametrize(
    "text",
    [b"{", b"[]", b"{}", b'{"manifests": [{}]}', b'{"manifests": [{"digest": "x", "size": "y"}]}'],
)
def test_an_index_that_is_none_is_damage(tmp_path, text):
    with pytest.raises(DamageError, match="is damaged"):
        manifest(index(tmp_path, text))


def test_several_artifacts_in_a_file_are_told(tmp_path):
    with pytest.raises(StateError, match="holds 2 artifacts"):
        manifest(index(tmp_path, b'{"manifests": [{}, {}]}'))


def test_a_blob_that_is_left_out_or_of_another_size_is_damage(file):
    reader = Reader(file)
    with pytest.raises(DamageError, match="it has no"):
        list(reader.download(Blob(f"sha256:{'0' * 64}", 5), 0, ignore))
    with pytest.raises(DamageError, match="7000 bytes instead of 5"):
        list(reader.download(Blob(BLOB.digest, 5), 0, ignore))
    reader.close()


def test_what_a_killed_export_left_goes_with_the_next_one_and_nothing_else(tmp_path):
    left = tmp_path / ".s.tar.1.parity-tmp"
    left.write_bytes(b"half")
    others = [tmp_path / ".other.tar.1.parity-tmp", tmp_path / ".s.tar.old"]
    for other in others:
        other.write_bytes(b"")
    written(tmp_path / "s.tar")
    assert not left.exists()
    assert all(other.exists() for other in others)


def test_an_export_that_still_writes_keeps_its_file(tmp_path, monkeypatch):
    first = Writer(tmp_path / "s.tar")
    monkeypatch.setattr("os.getpid", lambda: 1)
    written(tmp_path / "s.tar")
    first.upload(BLOB, opened, ignore)
    first.put_manifest(MANIFEST)
    first.close()
    assert manifest(tmp_path / "s.tar") == MANIFEST
    assert [one.name for one in tmp_path.iterdir()] == ["s.tar"]
