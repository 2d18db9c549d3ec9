"""A Compose project and what the engine says of its containers are one environment."""

import os
import shutil
import subprocess
import uuid
from pathlib import Path

import pytest

from parity.compose_cli import executable
from parity.diff.compare import compare
from parity.engine.inspect import records
from parity.errors import EngineError
from parity.sources import compose, docker
from parity.sources.contract import Request

pytestmark = pytest.mark.engine

PROJECT = Path(__file__).parent / "projects" / "inspect"
OTHERWISE = {
    # The engine pulled it: the digest is known there.
    ("rich", "image.digest"), ("plain", "image.digest"), ("sidecar", "image.digest"),
    # Compose waits for what a service shares, and says so of the containers alone.
    ("sidecar", "depends_on.rich"),
}  # fmt: skip


@pytest.fixture
def running(tmp_path, client):
    """The project, started by Docker Compose under a name of its own; removed at the end."""
    shutil.copytree(PROJECT, tmp_path / "shop")
    name = f"parity-inspect-{uuid.uuid4().hex[:8]}"

    def run(*arguments):
        command = [executable(), "--project-name", name, *arguments]
        subprocess.run(
            command, cwd=tmp_path / "shop", env=dict(os.environ), check=True, timeout=240
        )

    try:
        run("up", "--detach")
        yield name, tmp_path / "shop"
    finally:
        run("down", "--volumes", "--timeout", "1")


def test_what_runs_is_what_its_definition_says(running):
    name, folder = running
    declared = compose.start(Request("declared", folder)).result()
    live = docker.start(Request("live", folder, project=name, inspect=records)).result()
    comparison = compare(declared, live)
    assert {pair.name for pair in comparison.pairs} == {"rich", "plain", "sidecar"}
    found = {(d.service, ".".join(map(str, d.path))): d for d in comparison.differences}
    assert {key: found[key] for key in found.keys() - OTHERWISE} == {}
    assert comparison.compared > 100
    assert live.losses == ()


def test_a_change_by_hand_is_seen(running):
    name, folder = running
    container = f"{name}-rich-1"
    subprocess.run(["docker", "update", "--memory", "128m", "--memory-swap", "256m", container],
                   check=True, capture_output=True, timeout=60)  # fmt: skip
    declared = compose.start(Request("declared", folder)).result()
    live = docker.start(Request("live", folder, project=name, inspect=records)).result()
    paths = {(d.service, d.path) for d in compare(declared, live).differences}
    assert ("rich", ("deploy", "resources", "limits", "memory")) in paths


def test_a_project_that_does_not_run_is_told(client):
    with pytest.raises(EngineError, match="no container of `parity-nobody`"):
        records("default", "parity-nobody")
