"""What engine tests share: a project of their own, the real command line, evidence on failure."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PROJECTS = Path(__file__).parent / "projects"
ARTIFACTS = Path(__file__).parents[1] / "artifacts"
STACK = "dev.parity.stack"


@dataclass
class Project:
    """A folder with a parity.toml, and the command line run in it."""

    root: Path
    env: dict[str, str] = field(default_factory=dict)

    def parity(
        self, *arguments: str, check: bool = True, timeout: float = 240
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [sys.executable, "-m", "parity", *arguments],
            cwd=self.root,
            env={**os.environ, **self.env},
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if check and done.returncode != 0:
            pytest.fail(
                f"parity {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
            )
        return done

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "parity", *arguments],
            cwd=self.root,
            env={**os.environ, **self.env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def json(self, *arguments: str) -> dict:
        return json.loads(self.parity(*arguments, "--json").stdout)

    @property
    def name(self) -> str:
        return self.json("ps")["stack"]

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.root / file
        text = path.read_text()
        assert old in text, f"{old!r} is not in {file}"
        path.write_text(text.replace(old, new))

    def port(self, service: str) -> int:
        rows = self.json("ps")["containers"]
        address = next(r["address"] for r in rows if r["service"] == service and r["address"])
        return int(address.split(", ")[0].rpartition(":")[2])


@pytest.fixture(scope="session")
def client() -> Iterator[object]:
    """The engine's SDK client; engine tests without an engine are an error, never a skip."""
    from parity.engine.client import connect

    found = connect()
    yield found
    found.close()


@pytest.fixture(scope="session")
def open_project() -> Callable[[Path, dict[str, str]], Project]:
    """Makes a Project of a folder that is there already."""
    return Project


@pytest.fixture
def project(
    tmp_path: Path, client: object, request: pytest.FixtureRequest
) -> Iterator[Callable[..., Project]]:
    """Makes projects from `projects/NAME`; each is taken down with its data at the end."""
    made: list[Project] = []

    def make(name: str = "mini", folder: str = "", **env: str) -> Project:
        root = tmp_path / (folder or f"{name}{len(made)}")
        shutil.copytree(PROJECTS / name, root)
        made.append(Project(root, env))
        return made[-1]

    yield make
    failed = getattr(request.node, "failed", False)
    for one in made:
        if failed:
            _keep_evidence(one, request.node.name)
        one.parity("down", "--volumes", check=False)
    for one in made:
        assert left_over(client, one.root) == [], "the stack left something behind"


def left_over(client, root: Path) -> list[str]:
    """Everything on the engine that is labelled as this worktree's."""
    label = {"label": f"dev.parity.worktree={root.resolve()}"}
    found = [c.name for c in client.containers.list(all=True, filters=label)]
    found += [n.name for n in client.networks.list(filters=label)]
    found += [v.name for v in client.volumes.list(filters=label)]
    return found


@pytest.fixture(scope="session")
def until() -> Callable[..., None]:
    """Waits until a condition holds."""
    return poll


def poll(condition: Callable[[], object], *, seconds: float = 20, what: str = "it") -> None:
    """Wait until a condition holds; the limit is generous because machines are slow at times."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            pytest.fail(f"{what} did not happen within {seconds} s")
        time.sleep(0.05)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True
    return report


def _keep_evidence(project: Project, test: str) -> None:
    folder = ARTIFACTS / "".join(c if c.isalnum() or c in "-_" else "_" for c in test)
    folder.mkdir(parents=True, exist_ok=True)
    for verb in (["ps"], ["logs", "--tail", "100"], ["config", "--overrides"], ["egress"]):
        done = project.parity(*verb, check=False)
        (folder / f"{verb[0]}.txt").write_text(done.stdout + done.stderr)
