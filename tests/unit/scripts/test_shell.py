"""Programs that fail, and systems that can install packages."""

import sys

import pytest

from scripts.lib.errors import SetupError
from scripts.lib.shell import is_debian, run


def test_a_failure_carries_the_end_of_the_output_and_the_next_step() -> None:
    script = "import sys; print('the cause', file=sys.stderr); sys.exit(7)"
    with pytest.raises(SetupError, match="exit code 7") as caught:
        run([sys.executable, "-c", script], next_step="mend it")
    assert caught.value.detail == "the cause"
    assert "Next: mend it" in caught.value.render("demo")


def test_stdin_reaches_the_program() -> None:
    script = "print(input())"
    assert run([sys.executable, "-c", script], stdin="word\n", next_step="") == "word"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('ID=debian\nVERSION_ID="12"\n', True),
        ("ID=ubuntu\nID_LIKE=debian\n", True),
        ('ID=linuxmint\nID_LIKE="ubuntu debian"\n', True),
        ("ID=fedora\n", False),
        ("", False),
    ],
)
def test_debian_and_its_relatives(tmp_path, text, expected) -> None:
    path = tmp_path / "os-release"
    path.write_text(text)
    assert is_debian(path) is expected


def test_no_os_release_is_not_debian(tmp_path) -> None:
    assert not is_debian(tmp_path / "os-release")
