"""Two worktrees of one repository are up at the same time and do not see each other."""

import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

PROJECTS = Path(__file__).parent / "projects"
AUTHOR = {f"GIT_{who}_{what}": "tests@example.invalid"
          for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}  # fmt: skip


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=folder,
        env={**os.environ, **AUTHOR},
        check=True,
        capture_output=True,
    )


@pytest.fixture
def worktrees(project, tmp_path):
    """The mini production, committed, in its first checkout and in a second worktree."""
    first = project("mini", "first")
    git(first.root, "init")
    git(first.root, "add", ".")
    git(first.root, "commit", "-m", "a small production")
    second = project("mini", "second")
    shutil.rmtree(second.root)
    git(first.root, "worktree", "add", str(second.root))
    second.edit("page.html", "hello from mini", "hello from the second")
    return first, second


def page(project) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{project.port('web')}/", timeout=10) as answer:
        return answer.read().decode().strip()


def of(client, project) -> dict[str, set[str]]:
    """What the engine has of a worktree, by kind."""
    label = {"label": f"dev.parity.worktree={project.root.resolve()}"}
    networks = client.networks.list(filters=label)
    return {
        "containers": {c.id for c in client.containers.list(all=True, filters=label)},
        "names": {c.name for c in client.containers.list(all=True, filters=label)},
        "networks": {n.name for n in networks},
        "subnets": {n.attrs["IPAM"]["Config"][0]["Subnet"] for n in networks},
        "volumes": {v.name for v in client.volumes.list(filters=label)},
        "ports": {str(project.port("web"))},
    }


def python(project, code: str) -> subprocess.CompletedProcess[str]:
    return project.parity("exec", "web", "python3", "-c", code, check=False)


QUESTIONS = (("store", 6379, "PING"), ("web", 8000, "GET / HTTP/1.0"))


def ask(project, host: str, port: int, question: str) -> subprocess.CompletedProcess[str]:
    """Put a question to an address from inside `web`; the guard may take the call to name it."""
    return python(
        project,
        f"import socket; s = socket.create_connection(('{host}', {port}), 5); "
        f"s.sendall(b'{question}\\r\\n\\r\\n'); print(s.recv(100))",
    )


def address(client, project, service: str) -> str:
    found = client.containers.get(f"{project.name}-{service}-1").attrs["NetworkSettings"]
    return found["Networks"][f"{project.name}_default"]["IPAddress"]


def test_two_worktrees_started_at_the_same_moment_live_side_by_side(worktrees, client):
    first, second = worktrees
    starts = [one.start("up") for one in worktrees]
    said = [start.communicate(timeout=240)[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0], said

    here, there = of(client, first), of(client, second)
    for kind in here:
        assert here[kind], f"no {kind}"
        assert not here[kind] & there[kind], f"shared {kind}"
    assert (page(first), page(second)) == ("hello from mini", "hello from the second")

    for one, other in ((first, second), (second, first)):
        found = python(one, "import socket; print(socket.gethostbyname('store.prod.mini.example'))")
        assert found.stdout.strip() == address(client, one, "store"), "its own store answers"
        for name in (f"{other.name}-store-1", f"{other.name}-web-1"):
            lost = python(one, f"import socket; socket.gethostbyname('{name}')")
            assert lost.returncode == 1
            assert "gaierror" in lost.stderr
        for service, port, question in QUESTIONS:
            lost = ask(one, address(client, other, service), port, question)
            assert lost.returncode == 1
            assert lost.stdout == ""
            assert "ConnectionRe" in lost.stderr, "refused or reset"
            assert ask(one, address(client, one, service), port, question).stdout.strip()

    first.parity("exec", "store", "redis-cli", "set", "greeting", "changed")
    assert second.parity("exec", "store", "redis-cli", "get", "greeting").stdout.strip() == "hello"

    first.parity("down", "--volumes")
    assert of_nothing(client, first)
    left = of(client, second)
    assert left == there, "the other worktree keeps its containers, networks and volumes"
    assert page(second) == "hello from the second"
    assert not second.json("up")["changed"]


def of_nothing(client, project) -> bool:
    label = {"label": f"dev.parity.worktree={project.root.resolve()}"}
    kinds = (client.networks, client.volumes)
    return not client.containers.list(all=True, filters=label) and not any(
        kind.list(filters=label) for kind in kinds
    )


def test_worktrees_share_the_committed_lock_and_no_local_state(worktrees):
    first, second = worktrees
    first.parity("lock")
    shutil.copy(first.root / "parity.lock", second.root / "parity.lock")
    second.parity("lock", "--frozen")
    status = subprocess.run(
        ["git", "status", "--porcelain"], cwd=first.root, capture_output=True, text=True, check=True
    )
    assert status.stdout.split() == ["??", "parity.lock"]
    assert first.name != second.name
