"""What the agent does inside, done here."""

import os
import time

import pytest

from parity.engine import inside_agent as agent


@pytest.fixture(autouse=True)
def _zone(monkeypatch):
    yield
    monkeypatch.undo()
    time.tzset()


def test_plain_files_are_read_and_nothing_is_waited_for(tmp_path):
    (tmp_path / "file").write_bytes(b"a\xffb")
    os.mkfifo(tmp_path / "pipe")
    assert agent.text(f"{tmp_path}/file") == "a\ufffdb"
    assert agent.text(f"{tmp_path}/pipe") is None
    assert agent.text("/dev/zero") is None
    assert agent.text(f"{tmp_path}") is None
    assert agent.text(f"{tmp_path}/none") is None
    assert agent.content(f"{tmp_path}/file", 2) == b"a\xff"


def test_variables_of_a_process(tmp_path):
    (tmp_path / "environ").write_bytes(b"A=1\0B=x=y\0odd\0")
    assert agent.environment(f"{tmp_path}/environ") == {"A": "1", "B": "x=y"}
    assert agent.environment(f"{tmp_path}/none") == {}


def test_whose_a_place_is(tmp_path):
    tmp_path.chmod(0o750)
    (tmp_path / "File").touch()
    found = agent.place(f"{tmp_path}")
    assert (found["uid"], found["mode"], found["folder"]) == (os.getuid(), 0o750, True)
    assert found["one-case"] is False, "file systems of Linux tell them apart"
    assert agent.place(f"{tmp_path}/none") == {}


def test_a_folder_without_letters_says_nothing_of_cases(tmp_path):
    (tmp_path / "1").touch()
    assert agent.one_case(f"{tmp_path}") is None
    (tmp_path / "a").touch()
    os.link(tmp_path / "a", tmp_path / "A")
    (tmp_path / "1").unlink()
    assert agent.one_case(f"{tmp_path}") is True, "as where both names are of one file"


def test_files_are_hashed_up_to_a_bound(tmp_path, monkeypatch):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "two").write_text("2")
    (tmp_path / "one").write_text("1")
    (tmp_path / "link").symlink_to("/dev/zero")
    found = agent.tree(f"{tmp_path}")
    assert sorted(found["files"]) == ["b/two", "one"]
    assert found["whole"]
    monkeypatch.setattr(agent, "_FILES", 1)
    cut = agent.tree(f"{tmp_path}")
    assert (len(cut["files"]), cut["whole"]) == (1, False)
    monkeypatch.setattr(agent, "_FILES", 500)
    monkeypatch.setattr(agent, "_BYTES", 1)
    assert agent.tree(f"{tmp_path}")["whole"] is False


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Europe/Berlin", [3600, 7200]),
        ("UTC", [0, 0]),
        ("Nowhere/Here", [0, 0]),
        ("XYZ-5", [18000, 18000]),
    ],
)
def test_offsets_are_those_of_the_c_library(zone, told):
    assert agent.offsets(zone) == told


def test_the_locale_that_counts():
    assert agent.locale_of({"LANG": "a", "LC_CTYPE": "b", "LC_ALL": "c"}) == "c"
    assert agent.locale_of({"LANG": "a", "LC_ALL": ""}) == "a"
    assert agent.locale_of({}) == ""


def test_a_locale_is_there_or_not():
    assert agent.available("") == {"name": "", "available": True}
    assert agent.available("C.UTF-8")["available"]
    assert agent.available("xx_XX.UTF-8") == {"name": "xx_XX.UTF-8", "available": False}


def test_sort_is_run_and_cannot_run_away(tmp_path):
    assert agent.ordered({"LC_ALL": "C"}, os.getuid(), os.getgid()) == "A B C a b c z \u00e9"
    slow = tmp_path / "slow"
    slow.write_text("#!/bin/sh\nyes\n")
    slow.chmod(0o755)
    said = agent.run([f"{slow}"], {"PATH": "/usr/bin:/bin"}, b"", os.getuid(), os.getgid())
    assert len(said) < 1 << 13
    assert agent.run([f"{tmp_path}/none"], {}, b"", os.getuid(), os.getgid()) == b""


def test_the_disk_has_a_level():
    assert 0 <= agent.disk() <= 100
