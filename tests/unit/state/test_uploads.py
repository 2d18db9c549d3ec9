"""Uploads that were begun are found again, and a damaged file is no upload."""

import pytest

from parity.state.uploads import KeptUploads


def test_what_is_put_is_found_by_another_process(tmp_path):
    KeptUploads(tmp_path / "u").put("a", "http://x/1")
    assert KeptUploads(tmp_path / "u").get("a") == "http://x/1"
    assert KeptUploads(tmp_path / "u").get("b") == ""


def test_what_is_forgotten_is_gone(tmp_path):
    kept = KeptUploads(tmp_path / "u")
    kept.put("a", "http://x/1")
    kept.put("a", "")
    assert kept.get("a") == ""


def test_others_cannot_read_it(tmp_path):
    KeptUploads(tmp_path / "u").put("a", "http://x/1")
    assert (tmp_path / "u").stat().st_mode & 0o077 == 0


def test_forgetting_what_is_not_there_writes_nothing(tmp_path):
    KeptUploads(tmp_path / "u").put("a", "")
    assert not (tmp_path / "u").exists()


def test_the_newest_are_kept(tmp_path):
    kept = KeptUploads(tmp_path / "u")
    for number in range(70):
        kept.put(str(number), "x")
    assert kept.get("0") == ""
    assert kept.get("69") == "x"


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "3"])
def test_a_damaged_file_is_none(tmp_path, text):
    (tmp_path / "u").write_text(text)
    kept = KeptUploads(tmp_path / "u")
    assert kept.get("a") == ""
    kept.put("a", "x")
    assert kept.get("a") == "x"


def test_a_folder_that_cannot_be_written_is_no_harm(tmp_path):
    KeptUploads(tmp_path / "none" / "u").put("a", "x")
