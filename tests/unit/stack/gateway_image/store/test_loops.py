"""Loop devices by number; the kernel's answers are stood in for."""

import os

import pytest

from parity.stack.gateway_image.store import loops


@pytest.fixture
def devices(monkeypatch, tmp_path):
    """Number -> what it is over; `losetup` puts our file there."""
    found = {}
    file = tmp_path / "pool.img"
    file.write_text("x")
    own = (file.stat().st_dev, file.stat().st_ino)
    control = tmp_path / "control"
    control.touch()
    monkeypatch.setattr(loops, "_numbers", lambda: sorted(found))
    monkeypatch.setattr(loops, "backing", found.get)
    monkeypatch.setattr(loops, "_made", lambda path, *_: str(control))
    monkeypatch.setattr(loops.fcntl, "ioctl", lambda *_: 0)
    return found, file, own


def test_the_device_over_a_file_is_known_by_the_files_inode(devices):
    found, file, own = devices
    found.update({7700: (1, 2), 7701: own})
    assert loops.over(file) == 7701
    del found[7701]
    assert loops.over(file) is None


def test_a_number_that_is_taken_is_passed_over(devices, monkeypatch):
    found, file, own = devices
    found[7700] = (1, 2)
    said = []

    def losetup(*arguments):
        said.append(arguments[0])
        found[7701] = own

    monkeypatch.setattr(loops, "_losetup", losetup)
    assert loops.attach(file) == 7701
    assert said == ["--direct-io=on"]


def test_without_direct_access_it_goes_through_the_page_cache(devices, monkeypatch):
    found, file, own = devices

    def losetup(*arguments):
        if arguments[0].startswith("--"):
            raise OSError("not supported")
        found[7700] = own

    monkeypatch.setattr(loops, "_losetup", losetup)
    assert loops.attach(file) == 7700


def test_a_machine_without_a_free_one_is_an_error(devices, monkeypatch):
    _, file, _ = devices
    monkeypatch.setattr(loops, "_LAST", 7702)
    monkeypatch.setattr(loops, "_losetup", lambda *_: None)
    with pytest.raises(OSError, match="is taken"):
        loops.attach(file)


def test_a_device_that_cannot_be_opened_is_over_nothing(monkeypatch, tmp_path):
    monkeypatch.setattr(loops, "node", lambda _: str(tmp_path / "none"))
    assert loops.backing(7700) is None
    (tmp_path / "plain").touch()
    monkeypatch.setattr(loops, "node", lambda _: str(tmp_path / "plain"))
    assert loops.backing(7700) is None


def test_the_kernels_device_numbers_are_read(monkeypatch, tmp_path):
    (tmp_path / "plain").touch()
    monkeypatch.setattr(loops, "node", lambda _: str(tmp_path / "plain"))
    packed = loops._STATUS64.pack((259 << 8) | 3 | (1 << 20), 42, *([0] * 7), b"", b"", b"", 0, 0)
    monkeypatch.setattr(loops.fcntl, "ioctl", lambda *_: packed)
    assert loops.backing(7700) == (os.makedev(259, 259), 42)


def test_losetup_says_why_it_failed(monkeypatch):
    class Done:
        returncode, stderr = 1, "losetup: no\n"

    monkeypatch.setattr(loops.subprocess, "run", lambda *_, **__: Done)
    with pytest.raises(OSError, match="losetup: no"):
        loops.resize(7700)
    with pytest.raises(OSError, match="losetup: no"):
        loops.detach(7700)
