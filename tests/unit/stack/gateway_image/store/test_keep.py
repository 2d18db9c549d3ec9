"""The keeper ends when what it holds is not the pool, and else watches."""

import pytest

from parity.stack.gateway_image.store import keep


def test_a_store_on_an_ordinary_disk_is_not_the_pool(tmp_path, monkeypatch):
    monkeypatch.setattr(keep, "STORE", tmp_path)
    assert not keep.ours()
    assert keep.main() == keep.FOREIGN


def test_it_is_the_pool_when_its_device_is_over_our_file(tmp_path, monkeypatch):
    file = tmp_path / "pool.img"
    file.touch()
    found = file.stat()
    monkeypatch.setattr(keep, "STORE", tmp_path)
    monkeypatch.setattr(keep.room, "IMAGE", tmp_path)
    monkeypatch.setattr(keep.os, "major", lambda _: keep.loops.MAJOR)
    monkeypatch.setattr(keep.loops, "backing", lambda _: (found.st_dev, found.st_ino))
    assert keep.ours()
    monkeypatch.setattr(keep.loops, "backing", lambda _: (found.st_dev, found.st_ino + 1))
    assert not keep.ours()


def test_it_goes_on_watching_when_the_disk_is_full(monkeypatch):
    looked = []

    def grow(need):
        looked.append(need)
        if len(looked) == 3:
            raise KeyboardInterrupt
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(keep.room, "grow", grow)
    monkeypatch.setattr(keep.time, "sleep", lambda _: None)
    with pytest.raises(KeyboardInterrupt):
        keep.watch()
    assert looked == [0, 0, 0]
