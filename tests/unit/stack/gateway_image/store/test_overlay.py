"""The upper directory of an overlay is the root that services see."""

import os
import stat

import pytest

from parity.stack.gateway_image.store import overlay, place


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "STORE", tmp_path)
    sealed = tmp_path / "states" / "a" / "0"
    sealed.mkdir(parents=True)
    sealed.chmod(0o2750)
    os.setxattr(sealed, "user.colour", b"blue")
    os.utime(sealed, ns=(1, 99))
    return tmp_path


def test_it_is_empty_and_has_the_sealed_roots_mode_attributes_and_time(store):
    overlay.run({"layers": [{"over": "states/a/0", "to": "live/x"}]})
    upper = store / "live" / "x" / "up"
    found = upper.stat()
    assert (stat.S_IMODE(found.st_mode), found.st_mtime_ns) == (0o2750, 99)
    assert os.getxattr(upper, "user.colour") == b"blue"
    assert list(upper.iterdir()) == []
    assert stat.S_IMODE((store / "live" / "x" / "work").stat().st_mode) == 0o700


def test_over_nothing_there_is_no_layer_and_none_of_the_others(store):
    layers = [{"over": "states/a/0", "to": "live/x"}, {"over": "states/b/0", "to": "live/y"}]
    with pytest.raises(ValueError, match="there is no .*states/b/0"):
        overlay.run({"layers": layers})
    assert not (store / "live" / "x").exists()


def test_layers_are_removed(store):
    overlay.run({"layers": [{"over": "states/a/0", "to": "live/x"}]})
    overlay.run({"remove": ["live/x"]})
    assert not (store / "live" / "x").exists()
    assert (store / "states" / "a" / "0").is_dir()
