"""Whatever is done to a sealed directory is seen, and named."""

import os

import pytest

from parity.stack.gateway_image.store import digest, place, verify


@pytest.fixture
def sealed(tmp_path, monkeypatch):
    """A state of one volume, measured as it is when it is sealed."""
    monkeypatch.setattr(place, "STORE", tmp_path)
    folder = tmp_path / "states" / "a1" / "0"
    (folder / "base").mkdir(parents=True)
    (folder / "base" / "1").write_bytes(b"x" * 9000)
    (folder / "base" / "2").write_text("two")
    (folder / "link").symlink_to("base/1")
    found = digest.run({"paths": ["states/a1/0"], "state": "a1"})

    def check():
        return verify.run({"state": "a1", "volumes": {"0": found["states/a1/0"]["digest"]}})

    return folder, check


def test_what_nobody_touched_is_as_it_was(sealed):
    assert sealed[1]() == {}


def test_reading_it_is_no_change(sealed):
    (sealed[0] / "base" / "1").read_bytes()
    assert sealed[1]() == {}


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda f: (f / "base" / "2").write_text("TWO"), "base/2: content changed"),
        (lambda f: (f / "base" / "1").write_bytes(b"x" * 8999), "base/1: size, content changed"),
        (lambda f: (f / "base" / "2").chmod(0o600), "base/2: mode changed"),
        (lambda f: (f / "base").chmod(0o700), "base: mode changed"),
        (lambda f: f.chmod(0o700), "its top folder: mode changed"),
        (lambda f: (f / "base" / "3").write_text(""), "base/3 is new"),
        (lambda f: (f / "base" / "2").unlink(), "base/2 is gone"),
        (lambda f: ((f / "link").unlink(), (f / "link").symlink_to("base/2")), "link: target changed"),
    ],
)  # fmt: skip
def test_each_change_is_named(sealed, harm, said):
    folder, check = sealed
    harm(folder)
    assert check()["0"]["paths"] == [said]


def test_another_owner_is_named(sealed):
    if os.geteuid():
        pytest.skip("only root can give a file away")
    folder, check = sealed
    os.chown(folder / "base" / "2", 1234, 1234)
    assert check()["0"]["paths"] == ["base/2: owner changed"]


def test_content_that_kept_size_and_time_is_seen(sealed):
    folder, check = sealed
    file = folder / "base" / "1"
    before = file.stat()
    file.write_bytes(b"y" * 9000)
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert check()["0"]["paths"] == ["base/1: content changed"]


def test_a_volume_that_is_gone_is_told(sealed):
    sealed[0].rename(sealed[0].with_name("elsewhere"))
    assert sealed[1]() == {"0": {"digest": "", "paths": []}}


def test_only_the_first_of_many_are_named(sealed):
    folder, check = sealed
    for number in range(50):
        (folder / f"new{number}").write_text("")
    assert len(check()["0"]["paths"]) == 10


@pytest.mark.parametrize("kept", [None, "", "nonsense"])
def test_without_its_list_the_damage_is_seen_all_the_same(sealed, kept):
    folder, check = sealed
    listing = folder.parent.parent / "a1.list"
    listing.unlink() if kept is None else listing.write_text(kept)
    assert check() == {}
    (folder / "base" / "2").write_text("TWO")
    found = check()["0"]
    assert found["digest"].startswith("sha256:")
    assert found["paths"] == []
