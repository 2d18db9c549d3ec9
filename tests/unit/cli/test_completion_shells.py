"""Tab in each shell itself: what `parity --install-completion` writes works there."""

import os
import pty
import re
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

HERE = str(Path(sys.executable).parent)
SECONDS = 60


@pytest.fixture
def home(tmp_path, project):
    """A home, and in it a project with two services and an environment."""
    project("services: {}\n")
    (tmp_path / "compose.yaml").write_text(
        "services:\n  proxy:\n    image: a\n  worker:\n    image: b\n"
    )
    return tmp_path


def environment(home):
    kept = {
        key: value for key, value in os.environ.items() if not key.startswith(("XDG_", "ZDOTDIR"))
    }
    path = f"{HERE}{os.pathsep}{os.environ['PATH']}"
    return {**kept, "HOME": str(home), "PATH": path, "TERM": "dumb", "LC_ALL": "C.UTF-8"}


def install(shell, home):
    """As a user does: from the shell itself, which is how it is recognised."""
    found = shutil.which(shell) or pytest.skip(f"{shell} is not installed")
    done = subprocess.run(
        [found, "-c", "parity --install-completion; true"],
        cwd=home, env=environment(home), capture_output=True, text=True, timeout=SECONDS,
    )  # fmt: skip
    assert f"{shell} completion installed" in done.stdout, done.stdout + done.stderr
    return found


def test_bash(home):
    bash = install("bash", home)
    script = """
    source ~/.bashrc
    offer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _parity_completion parity; echo "${COMPREPLY[*]}"; }
    complete -p parity
    offer parity logs ""
    offer parity logs pr
    offer parity diff ""
    offer parity doc
    """
    done = subprocess.run(
        [bash, "-c", script],
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=SECONDS,
    )
    assert [line.split() for line in done.stdout.splitlines()[1:]] == [
        ["proxy", "worker"], ["proxy"], ["prod", "local"], ["doctor"]
    ], done.stderr  # fmt: skip


def test_fish(home):
    fish = install("fish", home)

    def offered(line):
        done = subprocess.run(
            [fish, "-c", f"complete -C '{line}'"],
            cwd=home, env=environment(home), capture_output=True, text=True, timeout=SECONDS,
        )  # fmt: skip
        return [row.split("\t")[0] for row in done.stdout.splitlines()]

    assert offered("parity logs ")[:2] == ["proxy", "worker"]
    assert offered("parity logs pr") == ["proxy"]
    assert "doctor" in offered("parity doc")


def test_zsh(home):
    """Its completion lives in the line editor, so somebody must type."""
    zsh = install("zsh", home)
    terminal, end = pty.openpty()
    with subprocess.Popen(
        [zsh, "-i"],
        cwd=home,
        env={**environment(home), "TERM": "xterm"},
        stdin=end, stdout=end, stderr=end,
        start_new_session=True,
    ) as shell:  # fmt: skip
        os.close(end)
        try:
            os.write(terminal, b"echo re''ady\n")
            assert "ready" in until(terminal, r"\bready\b")
            os.write(terminal, b"parity logs pr")
            until(terminal, r"parity logs proxy", press=b"\t")
            os.write(terminal, b"\x15parity doc")
            until(terminal, r"parity doctor", press=b"\t")
        finally:
            shell.kill()
            os.close(terminal)


def until(terminal, pattern, press=b""):
    """What the terminal shows, once `pattern` is there; the first Tab of a zsh may only load completion."""
    shown, end = "", time.monotonic() + SECONDS
    while not re.search(pattern, shown):
        assert time.monotonic() < end, f"{pattern} did not come: {shown!r}"
        if press:
            os.write(terminal, press)
        while select.select([terminal], [], [], 3 if press else 1)[0]:
            shown += os.read(terminal, 65536).decode(errors="replace")
            shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]|\x08|\x07", "", shown)
            if re.search(pattern, shown):
                break
    return shown
