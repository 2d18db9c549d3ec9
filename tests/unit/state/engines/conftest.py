"""Records for the tests of the engines, and a shell to run their scripts in."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

_SPEC = importlib.util.spec_from_file_location("records", Path(__file__).with_name("records.py"))
_RECORDS = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_RECORDS)


@pytest.fixture(scope="session")
def container():
    """Makes an inspect record."""
    return _RECORDS.container


@pytest.fixture
def shell(tmp_path):
    """Runs a script of an engine's with programs that a test makes up; (exit code, output)."""
    folder = tmp_path / "bin"
    folder.mkdir()
    # No other program of this machine: it may have a database's own.
    for name in ("sh", "awk", "cat", "grep", "head", "id", "sed", "tail", "tr"):
        (folder / name).symlink_to(shutil.which(name))

    def run(command, env=None, **programs):
        for name, text in programs.items():
            file = folder / (name if name.startswith("pg_") else name.replace("_", "-"))
            file.write_text(f"#!{shutil.which('sh')}\n{text}\n")
            file.chmod(0o755)
        done = subprocess.run(
            command.argv,
            env={"PATH": str(folder), **command.environment, **(env or {})},
            capture_output=True,
            text=True,
            timeout=30,
        )
        return done.returncode, done.stdout + done.stderr

    return run
