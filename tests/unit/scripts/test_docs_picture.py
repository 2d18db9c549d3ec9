"""Pictures of a terminal: what stays on the screen."""

import pytest

from scripts.lib import docs_picture
from scripts.lib.docs_picture import Picture, keep, seen
from scripts.lib.errors import SetupError


def test_what_is_written_over_and_erased_is_not_seen():
    said = "$ up\r\n\r\x1b[K… 1 s\r\x1b[K… 2 s\r\x1b[Kdone\r\n\r\x1b[Kmore\r\n"
    assert seen(said) == "$ up\ndone\nmore"


def test_a_path_of_this_machine_is_in_no_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(docs_picture, "IMAGES", tmp_path / "images")
    monkeypatch.setattr(docs_picture, "ROOT", tmp_path / "images")
    monkeypatch.setattr(docs_picture, "typed", lambda command, folder: str(tmp_path))
    with pytest.raises(SetupError, match="a path of this machine"):
        keep(Picture("x.svg", "x", ("ls",)), tmp_path / "folder")
    assert not (tmp_path / "images").exists()
