"""The SQLite check, as it is run in a container."""

import subprocess

import pytest

from parity.state.engines import sqlite


def test_it_runs_with_python_alone_and_its_answer_is_read(tmp_path):
    words = sqlite.argv(str(tmp_path))
    assert words[0] == "python3"
    done = subprocess.run(words, capture_output=True, text=True, env={"PATH": "/usr/bin:/bin"})
    assert (done.returncode, done.stderr) == (0, "")
    assert sqlite.answer(done.stdout) == (0, ())


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": 1}', "Traceback"])
def test_anything_but_its_answer_is_refused(text):
    with pytest.raises(ValueError):
        sqlite.answer(text)
