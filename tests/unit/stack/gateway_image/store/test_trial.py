"""The trial notices each thing that a way of copying may get wrong."""

import os
import shutil
import time

import pytest

from parity.stack.gateway_image.store import place, trial


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A prepared tree and a faithful copy of it at /data."""
    for module in (place, trial):
        monkeypatch.setattr(module, "STORE", tmp_path / "store")
    monkeypatch.setattr(trial, "DATA", tmp_path / "data")
    monkeypatch.setattr(trial, "_LARGE", 2 << 20)
    monkeypatch.setattr(trial, "_OWNER", os.getuid())
    digest = trial.run({"do": "prepare", "place": "trial/x"})["digest"]
    sealed = tmp_path / "store" / "trial" / "x" / "sealed"
    assert os.system(f"cp -a {sealed} {tmp_path / 'data'}") == 0
    return digest, tmp_path / "data", sealed


def use():
    return trial.run({"do": "use"})


def test_a_faithful_copy_passes_twice_and_the_original_is_unchanged(copy):
    digest, _, _ = copy
    assert use()["milliseconds"] >= 0
    use()
    assert trial.run({"do": "finish", "place": "trial/x", "digest": digest}) == {"same": True}


def test_a_write_that_reached_the_original_is_noticed(copy):
    digest, _, sealed = copy
    (sealed / "kept").write_text("written")
    assert trial.run({"do": "finish", "place": "trial/x", "digest": digest}) == {"same": False}
    assert not sealed.exists()


def test_another_mode_of_the_root_is_noticed(copy):
    copy[1].chmod(0o755)
    with pytest.raises(ValueError, match="owner or mode"):
        use()


def test_two_names_that_came_apart_are_noticed(copy):
    other = copy[1] / "other"
    other.unlink()
    other.write_text("one")
    with pytest.raises(ValueError, match="two names of one file"):
        use()


@pytest.mark.parametrize(
    ("harm", "what"),
    [
        (lambda data: (data / "kept").write_text("kept"), "a file after a restart"),
        (lambda data: (data / "gone").write_text("gone"), "a removed file"),
        (lambda data: (data / "large").write_bytes(b"old"), "a large file"),
    ],
)
def test_what_was_lost_in_a_restart_is_noticed(copy, harm, what):
    use()
    harm(copy[1])
    with pytest.raises(ValueError, match=what):
        use()


def test_trials_that_were_killed_are_removed_after_an_hour(copy, tmp_path):
    old, new = (tmp_path / "store" / "trial" / name for name in ("old", "new"))
    for folder in (old, new):
        folder.mkdir()
    os.utime(old, (time.time() - 7200,) * 2)
    shutil.rmtree(copy[2].parent)
    trial.run({"do": "prepare", "place": "trial/y"})
    assert (old.exists(), new.exists()) == (False, True)
