"""What a volume holds is read back as it was written; what cannot be read is nothing."""

import pytest

from parity.stack.gateway_image.store.listing import differences, read, rows, write
from parity.stack.gateway_image.store.tree import tree


@pytest.fixture
def found(tmp_path):
    folder = tmp_path / "volume"
    folder.mkdir()
    (folder / "plain").write_text("x")
    (folder / b"odd\xff\nname".decode(errors="surrogateescape")).write_text("y")
    return rows(str(folder), tree(str(folder)).known)


def test_it_is_read_as_it_was_written(tmp_path, found):
    write(tmp_path / "list", {"0": found, "1": {}})
    assert read(tmp_path / "list", "0") == found
    assert read(tmp_path / "list", "1") is None


def test_one_that_is_cut_off_is_none(tmp_path, found):
    write(tmp_path / "list", {"0": found})
    text = (tmp_path / "list").read_text()
    (tmp_path / "list").write_text(text[:-20])
    assert read(tmp_path / "list", "0") is None


def test_one_that_is_not_there_is_none(tmp_path):
    assert read(tmp_path / "list", "0") is None


def test_what_is_the_same_differs_in_nothing(found):
    assert list(differences(found, dict(found))) == []
