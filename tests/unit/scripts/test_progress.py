"""Progress lines in a log."""

import io

import pytest

from scripts.lib.progress import Progress


def test_one_line_a_step_with_its_result() -> None:
    stream = io.StringIO()
    with Progress(plain=True, stream=stream).step("engine", "looking") as step:
        step.done("found")
    line = stream.getvalue()
    assert line.startswith("engine     found")
    assert line.endswith(" s\n")
    assert line.count("\n") == 1


def test_a_failed_step_says_what_it_was_doing() -> None:
    stream = io.StringIO()
    with pytest.raises(ValueError), Progress(plain=True, stream=stream).step("base", "a") as step:
        step.say("importing")
        raise ValueError
    assert "failed: importing" in stream.getvalue()
