"""`parity watch`: real saves on a real stack, judged by what runs afterwards."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

SECONDS = 60
AUTHOR = {f"GIT_{who}_{what}": "tests@example.invalid"
          for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}  # fmt: skip
RULES = """
    develop:
      watch:
        - {path: ./src, target: /srv/src, action: sync, ignore: ["*.bak"]}
        - {path: ./app.conf, target: /srv/app.conf, action: sync+restart}
"""
DEV = "services:\n  web: {image: shop/app:2.3.1, environment: {TZ: UTC}}\n"


class Watch:
    """A watch that runs, and what it has told so far."""

    def __init__(self, project, until, *arguments: str) -> None:
        self.project, self._until = project, until
        self.told: list[dict] = []
        self._errors = project.root.with_name(f"{project.root.name}.stderr").open("w+")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "parity", "watch", "--json", *arguments],
            cwd=project.root,
            env={**os.environ, **project.env},
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.told.append(json.loads(line))

    @property
    def said(self) -> str:
        """What it said beside its events."""
        return Path(self._errors.name).read_text()

    def of(self, event: str) -> list[dict]:
        return [row for row in self.told if row["event"] == event]

    def after(self, event: str, act=lambda: None, **wanted) -> dict:
        """The next such event after what `act` does."""
        known = len(self.told)
        act()

        def found():
            if self.process.poll() is not None and not self._reader.is_alive():
                pytest.fail(f"the watch has ended: {self.told[known:]} {self.said}")
            return [
                row
                for row in self.told[known:]
                if row["event"] == event and all(row.get(k) == v for k, v in wanted.items())
            ]

        try:
            self._until(found, seconds=SECONDS, what=f"{event} {wanted}")
        except BaseException:
            print(*self.told[known:], sep="\n")
            raise
        return found()[0]

    def end(self) -> int:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        try:
            return self.process.wait(SECONDS)
        finally:
            self.process.kill()
            self._reader.join(SECONDS)
            self.process.stdout.close()
            self._errors.close()


@pytest.fixture
def watch(until):
    made = []

    def start(project, *arguments):
        made.append(Watch(project, until, *arguments))
        made[-1].after("ready")
        return made[-1]

    yield start
    for one in made:
        one.end()


@pytest.fixture
def mini(project):
    """The mini production with rules for code, an env file, a second environment and a repository."""
    made = project("mini")
    made.edit("compose.yaml", '    ports: ["8000:8000"]\n', f'    ports: ["8000:8000"]{RULES}')
    made.edit("compose.yaml", "COLOUR: blue", "COLOUR: ${COLOUR:-blue}")
    made.edit(
        "parity.toml",
        'files = ["compose.yaml"]',
        'files = ["compose.yaml"]\nenv-files = ["prod.env"]',
    )
    write(
        made,
        "parity.toml",
        (made.root / "parity.toml").read_text()
        + '\n[environments.dev]\nfiles = ["dev.yaml"]\n[check]\ncompare = ["dev", "prod"]\n',
    )
    write(made, "prod.env", "COLOUR=green\n")
    write(made, "dev.yaml", DEV)
    write(made, "src/a.txt", "one")
    write(made, "app.conf", "one")
    write(made, ".gitignore", "*.log\n.parity/\nparity.lock\n")
    git(made, "init")
    git(made, "add", ".")
    git(made, "commit", "-m", "a small production")
    return made


def git(project, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "init.defaultBranch=main", *arguments],
        cwd=project.root,
        env={**os.environ, **AUTHOR},
        check=True,
        capture_output=True,
    )


class Door:
    """A socket before the real engine, which can be shut and opened again."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "engine"
        self.url = f"unix://{self._path}"
        self._open: list[socket.socket] = []
        self.open()

    def open(self) -> None:
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(str(self._path))
        listener.listen(64)
        self._open = [listener]
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        from parity.engine.address import find

        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.socket(socket.AF_UNIX)
                self._open += [near, far]
                far.connect(find().socket)
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pump, args=pair, daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)

    def shut(self) -> None:
        self._path.unlink(missing_ok=True)
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for one in self._open:
            one.close()


@pytest.fixture
def door():
    with tempfile.TemporaryDirectory(prefix="door-") as folder:
        made = Door(Path(folder))
        yield made
        made.shut()


def write(project, name: str, text: str) -> None:
    path = project.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def web(client, project) -> list:
    label = {"label": [f"dev.parity.worktree={project.root.resolve()}", "dev.parity.service=web"]}
    return client.containers.list(filters=label, ignore_removed=True)


def inside(client, project, path: str) -> set[str]:
    """What a file says in the containers of web; an empty text where there is none."""
    found = [one.exec_run(["cat", path]) for one in web(client, project)]
    return {done.output.decode() if done.exit_code == 0 else "" for done in found}


def colours(client, project) -> set[str]:
    return {
        line for one in web(client, project) for line in one.attrs["Config"]["Env"]
        if line.startswith("COLOUR=")
    }  # fmt: skip


def ids(client, project, service: str) -> set[str]:
    label = {
        "label": [f"dev.parity.worktree={project.root.resolve()}", f"dev.parity.service={service}"]
    }
    return {one.id for one in client.containers.list(all=True, filters=label, ignore_removed=True)}


def test_definitions_and_settings_change_what_they_concern_and_nothing_else(
    mini, watch, client, until
):
    one = watch(mini)
    store = ids(client, mini, "store")
    assert colours(client, mini) == {"COLOUR=green"}

    effect = one.after("effect", lambda: write(mini, "prod.env", "COLOUR=red\n"))
    assert effect["changed"] == ["web"]
    assert "COLOUR: green -> red" in effect["text"]
    assert effect["seconds"] > 0
    assert colours(client, mini) == {"COLOUR=red"}

    def save_aside():
        text = (mini.root / "compose.yaml").read_text().replace("${COLOUR:-blue}", "violet")
        (mini.root / ".compose.yaml.swp").write_text(text)
        os.replace(mini.root / ".compose.yaml.swp", mini.root / "compose.yaml")

    assert one.after("effect", save_aside)["changed"] == ["web"]
    assert colours(client, mini) == {"COLOUR=violet"}

    good = (mini.root / "compose.yaml").read_text()
    one.after("broken", lambda: write(mini, "compose.yaml", good.replace("violet", ": violet")))
    for text in ("services: [", good[: len(good) // 2] + "\n  {", "\0"):
        write(mini, "compose.yaml", text)
        threading.Event().wait(1.5)
    assert colours(client, mini) == {"COLOUR=violet"}
    one.after("effect", lambda: write(mini, "compose.yaml", good.replace("violet", "white")))
    assert (len(one.of("broken")), len(one.of("mended"))) == (1, 1)
    assert colours(client, mini) == {"COLOUR=white"}

    effects = len(one.of("effect"))
    dev = DEV.replace("UTC", "Europe/Vienna")
    write(mini, "dev.yaml", dev)
    # Findings of the save before may still come first.
    until(
        lambda: any(
            row["setting"].endswith("TZ") for told in one.of("findings") for row in told["new"]
        ),
        seconds=SECONDS,
        what="the finding",
    )
    one.after("change", lambda: write(mini, "dev.yaml", f"{dev}# a word\n"))
    assert len(one.of("effect")) == effects, "another environment is compared, and runs nowhere"

    refused = mini.parity("watch", check=False)
    assert refused.returncode == 2
    assert f"process {one.process.pid}" in refused.stderr
    assert ids(client, mini, "store") == store
    assert one.end() == 0
    assert one.said.count("\n") <= 1


def test_code_reaches_every_container_however_it_is_saved(mini, watch, client, until):
    one = watch(mini)
    before = ids(client, mini, "web")

    one.after("effect", lambda: write(mini, "src/a.txt", "two"), effect="sync")
    assert inside(client, mini, "/srv/src/a.txt") == {"two"}

    def as_vim():
        (mini.root / "src/a.txt").rename(mini.root / "src/a.txt~")
        (mini.root / "src/4913").write_text("")
        (mini.root / "src/4913").unlink()
        (mini.root / "src/a.txt").write_text("three")
        (mini.root / "src/a.txt~").unlink()

    one.after("effect", as_vim, effect="sync")
    assert inside(client, mini, "/srv/src/a.txt") == {"three"}

    def storm():
        for number in range(5000):
            (mini.root / f"src/many/f{number % 500}.txt").write_text(str(number))

    (mini.root / "src/many").mkdir()
    count = len(one.of("effect"))
    one.after("effect", storm, effect="sync")
    until(lambda: inside(client, mini, "/srv/src/many/f499.txt") == {"4999"}, seconds=SECONDS)
    assert len(one.of("effect")) - count <= 3, "5,000 events are one effect, on a slow machine two"

    shutil.rmtree(mini.root / "src")
    until(lambda: inside(client, mini, "/srv/src/a.txt") == {""}, seconds=SECONDS)
    write(mini, "src/a.txt", "made again")
    until(lambda: inside(client, mini, "/srv/src/a.txt") == {"made again"}, seconds=SECONDS)
    write(mini, "src/a.txt", "and edited")
    until(lambda: inside(client, mini, "/srv/src/a.txt") == {"and edited"}, seconds=SECONDS)

    for name in ("src/debug.log", "src/a.bak", "src/.a.txt.swp", "elsewhere.txt"):
        write(mini, name, "x")
    starts = {c.attrs["State"]["StartedAt"] for c in web(client, mini)}
    done = one.after("effect", lambda: write(mini, "app.conf", "two"))
    assert (done["restarted"], done["files"]) == (["web"], 1)
    assert not starts & {c.attrs["State"]["StartedAt"] for c in web(client, mini)}
    assert inside(client, mini, "/srv/app.conf") == {"two"}
    for name in ("debug.log", "a.bak", ".a.txt.swp"):
        assert inside(client, mini, f"/srv/src/{name}") == {""}
    assert ids(client, mini, "web") == before, "no container was made anew for code"


def test_a_service_that_never_gets_ready_holds_up_nothing_that_is_saved(mini, watch, client, until):
    """Its definition asks for a file that is not there: mended by code, and by the definition."""
    good = (mini.root / "compose.yaml").read_text()

    def wanting(name):
        check = f'{{test: ["CMD", "test", "-e", "/srv/src/{name}"], interval: 2s, retries: 1000}}'
        return good.replace("    init: true\n", f"    init: true\n    healthcheck: {check}\n")

    def checks():
        return {str(one.attrs["Config"].get("Healthcheck")) for one in web(client, mini)}

    def waits_for(name):
        found = checks()
        return bool(found) and all(f"/srv/src/{name}" in check for check in found)

    one = watch(mini)
    write(mini, "compose.yaml", wanting("ok"))
    until(lambda: waits_for("ok"), seconds=SECONDS, what="a web that is not ready")
    ready = one.after("effect", lambda: write(mini, "src/ok", "now"), effect="up")
    assert ready["text"] == "web is ready"
    assert one.of("effect")[-2]["effect"] == "sync"

    write(mini, "compose.yaml", wanting("never"))
    until(lambda: waits_for("never"), seconds=SECONDS, what="a web that is not ready")
    effect = one.after("effect", lambda: write(mini, "compose.yaml", good), effect="up")
    # Or started, where what came of the save before was made and not yet started.
    assert effect["changed"] == ["web"]
    assert checks() == {"None"}
    assert one.of("failed") == []


def test_a_branch_brings_its_stack_and_a_worktree_that_goes_ends_the_watch(
    mini, watch, client, until
):
    git(mini, "switch", "-c", "feature")
    write(mini, "prod.env", "COLOUR=orange\n")
    write(mini, "src/a.txt", "of the feature")
    git(mini, "commit", "-a", "-m", "a feature")
    git(mini, "switch", "main")
    one = watch(mini)
    assert one.of("ready")[0]["branch"] == "main"

    one.after("change", lambda: git(mini, "switch", "feature"), branch="feature")
    until(lambda: colours(client, mini) == {"COLOUR=orange"}, seconds=SECONDS)
    until(lambda: inside(client, mini, "/srv/src/a.txt") == {"of the feature"}, seconds=SECONDS)
    one.after("change", lambda: git(mini, "switch", "main"), branch="main")
    until(lambda: colours(client, mini) == {"COLOUR=green"}, seconds=SECONDS)

    kept = mini.root.with_name("kept")
    mini.root.rename(kept)
    try:
        until(lambda: one.of("ended"), seconds=SECONDS, what="the end")
        assert one.process.wait(SECONDS) == 0
        assert "Traceback" not in one.said
    finally:
        kept.rename(mini.root)


def test_an_engine_that_restarts_is_waited_for_and_what_was_saved_meanwhile_is_done(
    mini, watch, client, door, until
):
    one = watch(replace(mini, env={"DOCKER_HOST": door.url}))
    one.after("waiting", door.shut)
    write(mini, "prod.env", "COLOUR=black\n")
    one.after("change")
    assert colours(client, mini) == {"COLOUR=green"}
    one.after("back", door.open)
    until(lambda: colours(client, mini) == {"COLOUR=black"}, seconds=SECONDS)
    assert len(one.of("waiting")) == 1
