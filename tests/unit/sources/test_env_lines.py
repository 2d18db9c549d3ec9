"""The line of an env file that decides about a variable."""

import pytest

from parity.sources.env_lines import line_of

TEXT = "\ufeffFIRST=1\n# NAME=0\nNAME=1\n  export NAME = 2\nNAMES=3\nALONE\nCOLON: x\nA.B=1\n"


@pytest.mark.parametrize(
    ("name", "line"),
    [("FIRST", 1), ("NAME", 4), ("NAMES", 5), ("ALONE", 6), ("COLON", 7), ("A.B", 8), ("AxB", 0), ("x", 0)],
)  # fmt: skip
def test_the_last_line_that_names_it(tmp_path, name, line):
    (tmp_path / "a.env").write_text(TEXT)
    assert line_of(tmp_path / "a.env", name) == line


def test_a_file_that_is_not_there_has_no_line(tmp_path):
    assert line_of(tmp_path / "no.env", "A") == 0
    assert line_of(tmp_path, "A") == 0
