"""When the virtual environment is up to date."""

from scripts.lib.venv import STAMP, is_current, wanted_stamp


def test_a_stamp_of_this_pyproject_is_current(tmp_path) -> None:
    pyproject = tmp_path / "pyproject.toml"
    pyproject.write_text("[project]\n")
    assert not is_current(tmp_path, pyproject)
    (tmp_path / STAMP).write_text(wanted_stamp(pyproject))
    assert is_current(tmp_path, pyproject)
    pyproject.write_text("[project]\nname = 'x'\n")
    assert not is_current(tmp_path, pyproject)
