"""One watch a worktree."""

import os
import subprocess
import sys

import pytest

from parity.errors import UsageError
from parity.paths import ProjectPaths
from parity.watch.lease import only_one

HOLD = """
import sys, time
from pathlib import Path
from parity.paths import ProjectPaths
from parity.watch.lease import only_one
with only_one(ProjectPaths(Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(60)
"""


def test_a_second_one_is_told_whose_the_first_is_and_a_kill_gives_it_back(tmp_path):
    paths = ProjectPaths(tmp_path)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout.readline() == "held\n"
        said = f"watched already, by process {holder.pid}"
        with pytest.raises(UsageError, match=said) as told, only_one(paths):
            pass
        assert f"kill {holder.pid}" in told.value.next_step
        holder.kill()
    with only_one(paths):
        owner = (tmp_path / ".parity" / "watch" / "owner.json").read_text()
        assert str(os.getpid()) in owner
    assert not (tmp_path / ".parity" / "watch" / "owner.json").exists()


def test_a_worktree_that_goes_meanwhile_is_no_error(tmp_path):
    import shutil

    root = tmp_path / "w"
    root.mkdir()
    with only_one(ProjectPaths(root)):
        shutil.rmtree(root)
