"""Faults around registries: refused, silent, a moved tag, a digest that is gone, another processor."""

import hashlib
import io
import json
import subprocess
import tarfile
import urllib.error
import urllib.request

import pytest

pytestmark = pytest.mark.engine

DEFINITION = """\
services:
  idle:
    image: {image}
    stop_signal: SIGKILL
"""
CONFIG = b"""\
version: 0.1
log: {level: error}
storage: {inmemory: {}}
http: {addr: ":5000"}
"""
# A program of one system call that waits for ever, by processor: nothing needs to be built or pulled.
PROGRAMS = {
    "amd64": (62, "b8220000000f05ebf7"),
    "arm64": (183, "000080d2010080d2020080d2030080d2280980d2010000d4faffff17"),
}
OTHER = {"amd64": "arm64", "arm64": "amd64"}


def refused(done: subprocess.CompletedProcess[str], code: int) -> str:
    """What an expected failure says: one error, what to do next, and no traceback."""
    assert done.returncode == code, done.stderr
    assert "Traceback" not in done.stderr
    assert [line[:6] for line in done.stderr.splitlines()].count("error:") == 1, done.stderr
    assert [line[:6] for line in done.stderr.splitlines()].count(" next:") == 1, done.stderr
    return done.stderr


def program(architecture: str) -> bytes:
    """The smallest ELF file around the code."""
    machine, code = PROGRAMS[architecture]
    start, body = 0x400078, bytes.fromhex(code)
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + (2).to_bytes(2, "little")
    header += machine.to_bytes(2, "little") + (1).to_bytes(4, "little")
    header += b"".join(n.to_bytes(8, "little") for n in (start, 64, 0)) + bytes(4)
    header += b"".join(n.to_bytes(2, "little") for n in (64, 56, 1, 0, 0, 0))
    size = 0x78 + len(body)
    segment = (1).to_bytes(4, "little") + (5).to_bytes(4, "little")
    numbers = (0, 0x400000, 0x400000, size, size, 0x1000)
    return header + segment + b"".join(n.to_bytes(8, "little") for n in numbers) + body


def packed(files: dict[str, tuple[bytes, int]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, (data, mode) in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), mode
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def images(client):
    """Loads tiny images under a name, differing by their note; they are removed at the end."""
    names: set[str] = set()

    def load(name: str, note: str, architecture: str = "") -> str:
        architecture = architecture or client.version()["Arch"]
        layer = packed({"idle": (program(architecture), 0o755)})
        config = {
            "architecture": architecture,
            "os": "linux",
            "config": {"Entrypoint": ["/idle"], "Labels": {"note": note}},
            "rootfs": {
                "type": "layers",
                "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"],
            },
        }
        manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
        (image,) = client.images.load(
            packed(
                {
                    "layer.tar": (layer, 0o644),
                    "config.json": (json.dumps(config).encode(), 0o644),
                    "manifest.json": (json.dumps(manifest).encode(), 0o644),
                }
            )
        )
        names.add(name)
        return image.id

    yield load
    for name in names:
        repository = name.rpartition(":")[0]
        for image in client.images.list(name=repository):
            client.images.remove(image.id, force=True)


@pytest.fixture(scope="module")
def registry(client):
    """A registry of these tests' own that asks nobody for a password; its address."""
    demo, *_ = client.containers.list(filters={"label": "dev.parity.demo=registry"})
    made = client.containers.create(
        demo.image.id,
        ports={"5000/tcp": ("127.0.0.1", None)},
        labels={"dev.parity.test": "registry"},
    )
    try:
        made.put_archive("/etc/docker/registry", packed({"config.yml": (CONFIG, 0o644)}))
        made.start()
        made.reload()
        address = f"127.0.0.1:{made.ports['5000/tcp'][0]['HostPort']}"
        for _ in range(400):
            try:
                with urllib.request.urlopen(f"http://{address}/v2/", timeout=10):
                    break
            except (urllib.error.URLError, ConnectionError):
                continue
        yield address
    finally:
        made.remove(force=True, v=True)


def push(client, name: str) -> None:
    for row in client.api.push(name, stream=True, decode=True):
        assert "error" not in row, row


@pytest.fixture
def idle(project):
    """Makes a production of one service that runs `image`."""

    def make(image: str, **env: str):
        made = project("pair", **env)
        (made.root / "compose.yaml").write_text(DEFINITION.format(image=image))
        return made

    return make


def running(client, project) -> tuple[str, str]:
    """Id and image of the service's container."""
    found = client.containers.get(f"{project.name}-idle-1")
    assert found.status == "running"
    return found.id, found.attrs["Image"]


def test_a_moved_tag_is_told_and_runs_only_once_it_is_locked(client, registry, images, idle):
    name = f"{registry}/idle/moved:1"
    first = images(name, "first")
    push(client, name)
    production = idle(name)
    production.parity("up")
    before = running(client, production)
    assert before[1] == first

    second = images(name, "second")
    push(client, name)
    assert production.parity("lock", "--frozen").returncode == 0
    check = production.parity("lock", "--check", check=False)
    assert check.returncode == 1
    assert name in check.stdout
    assert "parity lock" in check.stderr
    assert not production.json("up")["changed"]
    assert running(client, production) == before

    assert name in production.parity("lock").stdout
    assert production.parity("lock", "--check").returncode == 0
    production.parity("up")
    assert running(client, production)[1] == second != first


def test_a_digest_that_is_gone_from_the_registry_is_told(client, registry, images, idle):
    name = f"{registry}/idle/gone:1"
    images(name, "gone")
    push(client, name)
    production = idle(name)
    production.parity("lock")
    lock = production.root / "parity.lock"
    digest = json.loads(lock.read_text())["environments"]["prod"]["images"][name]["digest"]
    lock.write_text(lock.read_text().replace(digest, f"sha256:{'0' * 64}"))
    said = refused(production.parity("up", check=False), 3)
    assert name.rpartition(":")[0] in said
    assert "next: `parity lock`" in said
    production.parity("lock")
    production.parity("up")
    assert running(client, production)


def test_an_image_for_another_processor_is_told(client, registry, images, idle):
    name = f"{registry}/idle/foreign:1"
    mine = client.version()["Arch"]
    images(name, "foreign", OTHER[mine])
    push(client, name)
    said = refused(idle(name).parity("up", check=False), 3)
    assert f"is built for {OTHER[mine]}, this engine runs {mine}" in said


def test_a_registry_that_is_down_is_told_and_nothing_is_locked(idle):
    production = idle("127.0.0.1:1/idle/down:1")
    for verb in ("up", "lock"):
        said = refused(production.parity(verb, check=False), 3)
        assert "no registry answers for 127.0.0.1:1/idle/down:1" in said
    assert not (production.root / "parity.lock").exists()


def test_an_image_that_is_here_runs_without_its_registry_and_is_marked(client, images, idle):
    name = "127.0.0.1:1/idle/here:1"
    image = images(name, "here")
    production = idle(name)
    done = production.parity("up")
    assert "on this engine only: no registry answered" in done.stderr
    assert running(client, production)[1] == image
    rows = production.json("config", "--overrides")["overrides"]
    (row,) = [row for row in rows if row["path"] == "services.idle.image"]
    assert "no registry could be asked" in row["reason"]
    assert name not in (production.root / "parity.lock").read_text()


def test_a_registry_that_refuses_the_login_is_told_and_nothing_is_locked(project, tmp_path):
    production = project("pair", DOCKER_CONFIG=str(tmp_path))
    address = "127.0.0.1:5055"
    for verb in ("up", "lock"):
        said = refused(production.parity(verb, check=False), 3)
        assert f"docker login {address}" in said
    assert not (production.root / "parity.lock").exists()


def test_frozen_tells_no_lock_from_a_lock_that_does_not_fit(project):
    production = project("pair")
    for verb in (["lock", "--frozen"], ["lock", "--check"], ["up", "--frozen"]):
        assert "there is no parity.lock" in refused(production.parity(*verb, check=False), 2)
    production.parity("lock")
    production.parity("lock", "--frozen")
    production.edit("compose.yaml", "interval: 30s", "interval: 20s")
    for verb in (["lock", "--frozen"], ["up", "--frozen"]):
        said = refused(production.parity(*verb, check=False), 1)
        assert "definition changed" in said
    assert production.parity("ps").stdout == ""


def test_a_damaged_lock_is_told_with_its_name_and_is_not_overwritten(project):
    production = project("pair")
    lock = production.root / "parity.lock"
    for text in ("{", "[]", '{"schema": 99}', '{"schema": 1, "environments": {"prod": 3}}'):
        lock.write_text(text)
        for verb in ("up", "lock"):
            assert "parity.lock" in refused(production.parity(verb, check=False), 2)
        assert lock.read_text() == text


def test_what_an_image_says_is_read_from_its_registry_and_nothing_is_pulled(
    client, registry, images, idle
):
    names = {arch: f"{registry}/idle/asked:{arch}" for arch in PROGRAMS}
    for arch, name in names.items():
        images(name, "asked", arch)
        push(client, name)
        client.images.remove(name, force=True)
    production = idle(names["amd64"])
    other = production.root / "other.yaml"
    other.write_text(DEFINITION.format(image=names["arm64"]))
    words = ("diff", "other.yaml", "prod", "--layers", "image", "--json")
    report = json.loads(production.parity(*words, check=False).stdout)
    assert report["notes"] == []
    (finding,) = [one for one in report["findings"] if one["rule"] == "IM013"]
    assert "`linux/arm64` in other.yaml and for `linux/amd64` in prod" in finding["message"]
    assert finding["layer"] == "image"
    assert client.images.list(name=f"{registry}/idle/asked") == []
    other.write_text(DEFINITION.format(image=f"{registry}/idle/asked:none"))
    report = json.loads(production.parity(*words, check=False).stdout)
    (note,) = report["notes"]
    assert "not on this engine, and" in note
    assert "idle/asked:none" in note
