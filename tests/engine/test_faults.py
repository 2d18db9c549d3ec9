"""Faults around the engine, the machine and the stack: each is told clearly, and `up` mends it."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import urllib.request
from dataclasses import replace
from pathlib import Path

import pytest

pytestmark = pytest.mark.engine

NO_ENGINE = "unix:///nonexistent"


def refused(done: subprocess.CompletedProcess[str], code: int) -> str:
    """What an expected failure says: one error, what to do next, and no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert [line[:6] for line in done.stderr.splitlines()].count("error:") == 1, done.stderr
    assert [line[:6] for line in done.stderr.splitlines()].count(" next:") == 1, done.stderr
    return done.stderr


def page(project) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{project.port('web')}/", timeout=10) as answer:
        return answer.read().decode()


def ours(client, project) -> list[str]:
    label = {"label": f"dev.parity.worktree={project.root.resolve()}"}
    return [
        one.name
        for kind in (client.containers, client.networks, client.volumes)
        for one in kind.list(filters=label)
    ]


@pytest.fixture
def forwarder():
    """Makes forwarders to the engine; each is closed at the end."""
    made: list[Forwarder] = []

    def make(trigger: str, action=None) -> Forwarder:
        made.append(Forwarder(trigger, action))
        return made[-1]

    yield make
    for one in made:
        one.close()


class Forwarder:
    """A socket before the real engine that acts, or dies, at a chosen request."""

    def __init__(self, trigger: str, action=None) -> None:
        self._trigger, self._action = trigger.encode(), action or self.cut
        self._sockets: list[socket.socket] = []
        self._folder = tempfile.mkdtemp(prefix="fwd-")
        self.url = f"unix://{self._folder}/s"
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(f"{self._folder}/s")
        self._listener.listen(64)
        self.triggered = threading.Event()
        self._threads: list[threading.Thread] = []
        self._run(self._accept)

    def _run(self, work, *arguments) -> None:
        self._threads.append(threading.Thread(target=work, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        from parity.engine.address import find

        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.socket(socket.AF_UNIX)
                self._sockets += [near, far]
                far.connect(find().socket)
                for pair in ((near, far), (far, near)):
                    self._run(self._pump, *pair, near)

    def _pump(self, source: socket.socket, target: socket.socket, near: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if source is near and self._trigger in data and not self.triggered.is_set():
                    self.triggered.set()
                    self._action()
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def cut(self) -> None:
        """End as an engine that is killed does: no socket, every connection broken."""
        shutil.rmtree(self._folder, ignore_errors=True)
        for one in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.cut()
        for thread in self._threads:
            thread.join(5)
        for one in [self._listener, *self._sockets]:
            one.close()


# The engine


@pytest.mark.parametrize("verb", ["up", "down", "ps", "logs", "exec web true", "lock", "egress"])
def test_no_engine_is_told_with_its_address_and_what_to_do(project, verb):
    pair = replace(project("pair"), env={"DOCKER_HOST": NO_ENGINE})
    said = refused(pair.parity(*verb.split(), check=False), 3)
    assert NO_ENGINE in said
    assert "DOCKER_HOST" in said


@pytest.mark.parametrize("moment", ["/containers/create", "/start", "/exec"])
def test_an_engine_that_dies_is_told_and_the_next_up_completes(project, forwarder, moment):
    pair = project("pair")
    engine = forwarder(moment)
    done = replace(pair, env={"DOCKER_HOST": engine.url}).parity("up", check=False)
    assert engine.triggered.is_set()
    said = refused(done, 3)
    assert "no Docker Engine answers" in said
    assert engine.url in said
    pair.parity("up")
    assert page(pair) == "blue"


def test_an_engine_that_dies_during_down_is_told_and_down_completes(project, client, forwarder):
    pair = project("pair")
    pair.parity("up")
    cut = replace(pair, env={"DOCKER_HOST": forwarder("DELETE ").url})
    assert "no Docker Engine answers" in refused(cut.parity("down", check=False), 3)
    pair.parity("down", "--volumes")
    assert ours(client, pair) == []


# The machine


def test_a_port_taken_after_it_was_chosen_is_replaced(project, forwarder):
    pair = project("pair")
    pair.edit("compose.yaml", '"8000"]', '"18473:8000"]')
    with contextlib.ExitStack() as taken:
        engine = forwarder(
            "/start", lambda: taken.enter_context(socket.create_server(("127.0.0.1", 18473)))
        )
        done = replace(pair, env={"DOCKER_HOST": engine.url}).parity("up")
        assert engine.triggered.is_set()
        assert "host port 18473 is taken; choosing anew" in done.stderr
        assert pair.port("web") != 18473
        assert page(pair) == "blue"


@pytest.mark.parametrize("pages", [1, 3, 6])
def test_a_full_disk_is_told_leaves_no_half_file_and_the_next_up_completes(project, pages):
    pair = project("pair")
    state = pair.root / ".parity"
    state.mkdir()
    size = f"size={pages * 4}k"
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", size, "tmpfs", state])
    if mounted.returncode != 0:
        pytest.skip("only root may mount a file system to fill")
    try:
        said = refused(pair.parity("up", check=False), 2)
        assert "No space left on device" in said
        for file in state.rglob("*.json"):
            assert file.read_text().endswith("}\n"), file
        subprocess.run(["mount", "-o", "remount,size=4m", state], check=True)
        pair.parity("up")
        assert page(pair) == "blue"
        pair.parity("down", "--volumes")
    finally:
        subprocess.run(["umount", "-l", state], check=True)


def test_a_read_only_home_without_docker_config_does_not_matter(project, monkeypatch):
    pair = project("pair")
    pair.parity("lock")
    monkeypatch.delenv("DOCKER_CONFIG", raising=False)
    pair.env["HOME"] = "/proc"
    with pytest.raises(OSError):
        Path("/proc/of-parity").write_text("")
    pair.parity("up")
    assert page(pair) == "blue"
    pair.parity("lock", "--frozen")


# The definition


def test_a_malformed_definition_is_told_with_its_line_before_the_engine_is_asked(project):
    pair = replace(project("pair"), env={"DOCKER_HOST": NO_ENGINE})
    pair.edit("compose.yaml", "  web:\n", "  web: [\n")
    said = refused(pair.parity("up", check=False, timeout=20), 2)
    assert f"at: {pair.root / 'compose.yaml'}:" in said


def test_a_missing_variable_is_told_with_its_line_before_the_engine_is_asked(project):
    pair = replace(project("pair"), env={"DOCKER_HOST": NO_ENGINE})
    pair.edit("compose.yaml", "COLOUR: ${COLOUR:-blue}", "COLOUR: ${HUE:?say which}")
    said = refused(pair.parity("up", check=False, timeout=20), 2)
    assert "HUE" in said
    assert "say which" in said
    assert "compose.yaml:8" in said


def test_a_circle_of_dependencies_is_told_before_the_engine_is_asked(project):
    pair = replace(project("pair"), env={"DOCKER_HOST": NO_ENGINE})
    pair.edit("compose.yaml", "    volumes:", "    depends_on: [web]\n    volumes:")
    said = refused(pair.parity("up", check=False, timeout=20), 2)
    assert "cycle" in said
    assert "store" in said


def test_a_definition_of_50_mb_is_refused_at_once(project):
    pair = replace(project("pair"), env={"DOCKER_HOST": NO_ENGINE})
    with (pair.root / "compose.yaml").open("a") as file:
        file.write("# " + "x" * 50 * 1024**2 + "\n")
    assert "50 MB" in refused(pair.parity("up", check=False, timeout=20), 2)


def test_a_stand_in_by_an_unknown_service_is_told_with_the_nearest(project):
    pair = project("pair")
    with (pair.root / "parity.toml").open("a") as file:
        file.write('\n[stand-ins."db.prod.example"]\nservice = "stoer"\n')
    said = refused(pair.parity("up", check=False), 2)
    assert "did you mean `store`" in said


# The services


def test_a_service_that_ends_again_and_again_is_told_with_its_log(project):
    pair = project("pair")
    pair.edit("compose.yaml", '["8000"]', "[]")
    pair.edit("compose.yaml", "    init: true\n", "    restart: always\n")
    pair.edit(
        "compose.yaml",
        'entrypoint: ["python3", "-u", "-m", "http.server", "8000", "--directory", "/srv"]',
        'entrypoint: ["sh", "-c", "echo no queue here; exit 3"]',
    )
    said = refused(pair.parity("up", check=False), 1)
    assert "web keeps ending" in said
    assert "no queue here" in said
    assert "parity logs web" in said


def test_a_service_that_needs_more_memory_than_it_gets_is_told_so(project):
    pair = project("pair")
    hungry = "import mmap; mmap.mmap(-1, 64 << 20).write(bytes(64 << 20))"
    pair.edit("compose.yaml", "    init: true\n", "    mem_limit: 12m\n    memswap_limit: 12m\n")
    pair.edit("compose.yaml", '"-m", "http.server", "8000", "--directory", "/srv"', f'"-c", "{hungry}"')  # fmt: skip
    assert "out of memory" in refused(pair.parity("up", check=False), 1)


def test_containers_that_somebody_paused_go_on(project, client):
    pair = project("pair")
    pair.parity("up")
    for service in ("store", "web"):
        client.containers.get(f"{pair.name}-{service}-1").pause()
    done = pair.parity("up")
    assert "is paused" in done.stderr
    assert page(pair) == "blue"


def test_a_network_that_somebody_removed_comes_back(project, client):
    pair = project("pair")
    pair.parity("up")
    network = client.networks.get(f"{pair.name}_default")
    for container in network.containers:
        network.disconnect(container, force=True)
    network.remove()
    done = pair.parity("up")
    assert f"is not on the network {pair.name}_default any more" in done.stderr
    assert page(pair) == "blue"
    assert pair.parity("exec", "web", "getent", "hosts", "store").stdout
    assert not pair.json("up")["changed"]


def test_a_container_that_somebody_removed_comes_back_alone(project, client):
    pair = project("pair")
    pair.parity("up")
    store = client.containers.get(f"{pair.name}-store-1").id
    client.containers.get(f"{pair.name}-web-1").remove(force=True)
    pair.parity("up")
    assert page(pair) == "blue"
    assert client.containers.get(f"{pair.name}-store-1").id == store


# The files of parity


@pytest.mark.parametrize("text", ["\0{", '{"services": 3, "ports": [], "key": 1}'])
def test_damaged_state_files_are_made_anew(project, client, text):
    pair = project("pair")
    pair.parity("up")
    before = {c.name: c.id for c in client.containers.list() if c.name.startswith(pair.name)}
    state = pair.root / ".parity"
    for file in state.rglob("*"):
        # What is mounted into containers stays as it is; stand-ins have a test of their own.
        if file.is_file() and "secrets" not in (file.parent.name, file.stem):
            file.write_text(text)
    pair.parity("ps")
    pair.parity("up")
    after = {c.name: c.id for c in client.containers.list() if c.name.startswith(pair.name)}
    assert page(pair) == "blue"
    assert before.keys() == after.keys()
    assert before[f"{pair.name}-store-1"] == after[f"{pair.name}-store-1"]


def test_damaged_stand_ins_are_told_and_not_overwritten_and_down_works(project, client):
    pair = project("pair")
    pair.parity("up")
    secrets = pair.root / ".parity" / "secrets.json"
    secrets.write_text("{")
    said = refused(pair.parity("up", check=False), 2)
    assert str(secrets) in said
    assert secrets.read_text() == "{"
    pair.parity("down", "--volumes")
    assert ours(client, pair) == []


# Commands out of order


def test_commands_before_up_say_that_it_is_not_up(project):
    pair = project("pair")
    assert "is not up" in pair.parity("ps").stderr
    for verb in (["logs"], ["exec", "web", "true"]):
        said = refused(pair.parity(*verb, check=False), 2)
        assert "is not up" in said
        assert "parity up" in said
    assert "nothing was there" in pair.parity("down").stderr


def test_down_twice_and_commands_after_it(project):
    pair = project("pair")
    pair.parity("up")
    pair.parity("down")
    assert "nothing was there" in pair.parity("down").stderr
    for verb in (["logs"], ["exec", "web", "true"]):
        assert "is not up" in refused(pair.parity(*verb, check=False), 2)


def test_exec_passes_on_its_exit_code_and_names_what_it_cannot_find(project, client):
    pair = project("pair")
    pair.parity("up")
    assert pair.parity("exec", "web", "sh", "-c", "exit 23", check=False).returncode == 23
    assert pair.parity("exec", "web", "echo", "-n", "a b").stdout == "a b"
    said = refused(pair.parity("exec", "wbe", "true", check=False), 2)
    assert "did you mean `web`" in said
    assert "did you mean `store`" in refused(pair.parity("logs", "stoer", check=False), 2)
    client.containers.get(f"{pair.name}-web-1").stop(timeout=1)
    assert "web does not run" in refused(pair.parity("exec", "web", "true", check=False), 1)


def test_somebody_elses_container_with_a_name_of_ours_is_told_and_stays(project, client):
    pair = project("pair")
    pair.parity("up")
    image, name = client.containers.get(f"{pair.name}-web-1").image.id, f"{pair.name}-web-1"
    pair.parity("down")
    other = client.containers.create(image, name=name)
    try:
        said = refused(pair.parity("up", check=False), 2)
        assert f"there is a container called {name} already" in said
        assert f"docker container inspect {name}" in said
        assert client.containers.get(name).id == other.id
    finally:
        other.remove()
    pair.parity("up")


def test_down_volumes_names_who_else_uses_a_volume_and_finishes_later(project, client):
    pair = project("pair")
    pair.parity("up")
    image = client.containers.get(f"{pair.name}-store-1").image.id
    other = client.containers.create(
        image, volumes={f"{pair.name}_data": {"bind": "/data", "mode": "rw"}}
    )
    try:
        said = refused(pair.parity("down", "--volumes", check=False), 1)
        assert other.name in said
        assert f"{pair.name}_data" in said
        assert ours(client, pair) == [f"{pair.name}_data"]
    finally:
        other.remove(v=False)
    pair.parity("down", "--volumes")
    assert ours(client, pair) == []


def test_a_folder_without_write_permission_is_told(project):
    if os.geteuid() == 0:
        pair = project("pair")
        (pair.root / ".parity").write_text("a file where the folder should be")
        said = refused(pair.parity("up", check=False), 2)
        (pair.root / ".parity").unlink()
    else:
        pair = project("pair")
        pair.root.chmod(0o500)
        said = refused(pair.parity("up", check=False), 2)
        pair.root.chmod(0o700)
    assert "cannot write" in said
