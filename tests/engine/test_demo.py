"""`parity demo` on the small stack and on the real engine: the story is told, and nothing is left of it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import parity

pytestmark = pytest.mark.engine

REGISTRY = os.environ.get("REGISTRY", "127.0.0.1:5055")
"""Its images stand for the public ones, which tests do not pull."""
IMAGES = {
    "DEMO_DB_IMAGE": f"{REGISTRY}/shop/postgres:15.18-1",
    "DEMO_CACHE_IMAGE": f"{REGISTRY}/shop/redis:7.0-3",
}


@pytest.fixture
def installed(tmp_path):
    """parity away from its checkout, so that there is no shop."""
    shutil.copytree(
        Path(parity.__file__).parent,
        tmp_path / "site" / "parity",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    env = {"PYTHONPATH": str(tmp_path / "site"), "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def run(*words):
        return subprocess.run(
            [sys.executable, "-m", "parity", "demo", *words],
            cwd=tmp_path,
            env={**os.environ, **IMAGES, **env},
            capture_output=True,
            text=True,
            timeout=300,
        )

    yield run
    run("--clean")


def test_the_story_is_played_and_nothing_is_left(installed, client, tmp_path):
    done = installed()
    assert done.returncode == 0, done.stdout + done.stderr
    said = done.stdout
    assert "The project is a small stack" in said
    assert "RD001 redis.eviction-differs" in said
    assert "2 passed" in said
    assert "2 proved" in said
    after_reset = said[said.index("$ parity reset") :]
    assert "\n30000\n" in after_reset
    folder = tmp_path / "cache" / "parity" / "demo"
    assert not folder.exists()
    label = {"label": f"dev.parity.worktree={folder}"}
    assert client.containers.list(all=True, filters=label) == []
    assert client.networks.list(filters=label) == []
    assert client.volumes.list(filters=label) == []
