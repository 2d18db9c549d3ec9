"""Worktrees of one repository are up at the same time and do not see each other.

`PARITY_FIVE_SHOPS=1` takes the shop for the five, and not the small production.
"""

import json
import os
import shutil
import subprocess
import urllib.request
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

PROJECTS = Path(__file__).parent / "projects"
ROOT = Path(__file__).parents[2]
SHOPS = os.environ.get("PARITY_FIVE_SHOPS") == "1"
PAGE = "products" if SHOPS else ""
STORE, DATA = ("db", "/var/lib/postgresql/data") if SHOPS else ("store", "/data")
BRANCHES = ("main", "search", "feature/pay", "hotfix", "try-2")
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
        "containers": containers(client, project),
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


def containers(client, project) -> set[str]:
    label = {"label": f"dev.parity.worktree={project.root.resolve()}"}
    return {one.id for one in client.containers.list(all=True, filters=label)}


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


@pytest.fixture
def five(tmp_path, client, open_project):
    """A first checkout and four worktrees beside it: by branch, the project in each."""
    first, below, name = tmp_path / "main", Path(), f"five-{os.getpid()}"
    if SHOPS:
        git(tmp_path, "clone", "--quiet", "--branch", "main", str(ROOT), str(first))
        below = Path("stacks/shop")
    else:
        shutil.copytree(PROJECTS / "mini", first)
    file = first / below / "parity.toml"
    usual = "shop" if SHOPS else "mini"
    file.write_text(file.read_text().replace(f'name = "{usual}"', f'name = "{name}"', 1))
    if not SHOPS:
        with file.open("a") as more:
            more.write('[local.hosts]\nweb = "http://www.mini.example"\n')
        git(first, "init")
    git(first, "add", ".")
    git(first, "commit", "--quiet", "-m", "a production")
    roots = {branch: tmp_path / branch.replace("/", "-") for branch in BRANCHES}
    for branch in BRANCHES[1:]:
        git(first, "worktree", "add", "-b", branch, str(roots[branch]))
    made = {branch: open_project(root / below) for branch, root in roots.items()}
    yield made
    for one in made.values():
        if one.root.is_dir():
            one.parity("down", "--fork", "one", check=False)
            one.parity("down", "--volumes", check=False)
    made["main"].parity("drop", "--force", "begun", check=False)
    left = {"label": f"dev.parity.project={name}"}
    assert client.containers.list(all=True, filters=left) == []
    assert client.volumes.list(filters=left) == []
    assert client.networks.list(filters=left) == []


def listed(project, *arguments: str) -> dict[str, dict]:
    """Of `ls` or `gc --dry-run`, the five's own stacks by worktree."""
    found = project.json(*arguments)["stacks"]
    name = f"five-{os.getpid()}"
    return {row["worktree"]: row for row in found if row["project"] == name}


def mark(project, text: str, *options: str) -> None:
    project.parity(*options, "exec", "-u", "root", STORE, "sh", "-c", f"echo {text} > {DATA}/mark")


def marked(project, *options: str) -> str:
    return project.parity(
        *options, "exec", "-u", "root", STORE, "cat", f"{DATA}/mark"
    ).stdout.strip()


def test_five_worktrees_are_up_at_once_and_two_that_are_deleted_go(five, client, tmp_path):
    starts = {branch: one.start("up") for branch, one in five.items()}
    said = {branch: start.communicate(timeout=600)[1] for branch, start in starts.items()}
    assert {start.returncode for start in starts.values()} == {0}, said

    elsewhere = type(five["main"])(tmp_path)  # a folder without a project
    rows = listed(elsewhere, "ls")
    by_branch = {row["branch"]: row for row in rows.values()}
    assert set(by_branch) == set(five)
    ports = [address["port"] for row in rows.values() for address in row["addresses"]]
    assert len(set(ports)) == len(ports) >= len(five)
    for branch, one in five.items():
        row = by_branch[branch]
        assert row["worktree"] == str(one.root.resolve())
        assert row["services"]["running"] == row["services"]["total"] - row["services"]["done"]
        assert row["memory"] > 0
        web = next(a for a in row["addresses"] if a["url"].startswith("http:"))
        assert f".{branch.replace('/', '-')}.localhost:" in web["url"]
        answer = subprocess.run(
            ["curl", "--silent", "--fail", f"{web['url']}/{PAGE}"],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert answer.returncode == 0, "curl knows where names below localhost lead"

    # What one worktree has saved is a beginning for all, and what they do with it is their own.
    mark(five["main"], "begun")
    five["main"].parity("save", "begun")
    five["search"].parity("reset", "begun")
    five["hotfix"].parity("fork", "one", "--from", "begun")
    fork = ("-p", f"{by_branch['hotfix']['name']}-one")
    mark(five["search"], "searched")
    mark(five["hotfix"], "mended", *fork)
    assert marked(five["main"]) == "begun"
    assert (marked(five["search"]), marked(five["hotfix"], *fork)) == ("searched", "mended")

    stay = {branch: containers(client, five[branch]) for branch in ("main", "search", "try-2")}
    top = five["hotfix"].root.parents[1] if SHOPS else five["hotfix"].root
    git(tmp_path / "main", "worktree", "remove", "--force", str(top))
    shutil.rmtree(tmp_path / "feature-pay")
    gone = listed(elsewhere, "gc", "--dry-run")
    names = {by_branch[branch]["name"] for branch in ("hotfix", "feature/pay")}
    assert {row["stack"]: row["worktree_is"] for row in gone.values()} == dict.fromkeys(
        names, "gone"
    )
    assert {row["worktree_is"] for row in listed(elsewhere, "ls").values()} == {"here", "gone"}

    # Nobody is asked, so nothing goes; then these two, since other tests' stacks are here as well.
    waiting = elsewhere.parity("gc", *names, check=False)
    assert waiting.returncode == 1
    assert len(listed(elsewhere, "ls")) == len(five)
    done = json.loads(elsewhere.parity("gc", "--yes", "--json", *names).stdout)["stacks"]
    assert {row["stack"] for row in done if row["removed"]} == names
    assert {row["branch"] for row in listed(elsewhere, "ls").values()} == set(stay)
    for branch, before in stay.items():
        assert containers(client, five[branch]) == before
    for branch in ("hotfix", "feature/pay"):
        label = {"label": f"dev.parity.worktree={five[branch].root}"}
        for kind in (client.networks, client.volumes):
            assert kind.list(filters=label) == []
        assert containers(client, five[branch]) == set()

    five["search"].parity("reset", "begun")
    assert marked(five["search"]) == "begun", "the state is the project's, whoever has used it"
