"""Start states through a registry and as files: whole or not at all, whatever happens on the way."""

import hashlib
import io
import json
import os
import random
import signal
import subprocess
import tarfile
import urllib.error
import urllib.request
import uuid

import pytest

pytestmark = pytest.mark.engine

DEMO = "127.0.0.1:5055"
CONFIG = b"""\
version: 0.1
log: {level: error}
storage: {filesystem: {rootdirectory: /var/lib/registry}}
http: {addr: ":5000"}
"""
# Everything that a volume can hold and that can travel.
FILL = """
cd /files && mkdir -p a/b empty && echo hi > a/f && chmod 4751 a/f && chown 12:34 a
ln a/f a/b/hard && ln -s /nowhere/x a/link && mkfifo pipe && touch -d '1960-01-01 00:00:00.5' old
truncate -s 40M sparse && printf x | dd of=sparse bs=1 seek=20000000 conv=notrunc status=none
seq 200 | while read n; do echo $n > a/b/n$n; done && : > "$(printf 'odd \\n\\377')"
head -c 6000000 /dev/urandom > random && echo more > /more/file && chown 5:6 /more && chmod 700 /more
"""
LISTING = """
cd / && find files more -printf '%p %y %m %U %G %s %l %T@\\n' | grep -v '^[a-z/]* d' | sort
find files more -type d -printf '%p %m %U %G\\n' | sort
find files more -type f -print0 | sort -z | xargs -0 sha256sum
stat -c %h files/a/f; stat -c '%b' files/sparse | awk '{print ($1 < 20000)}'
"""


def refused(done, code):
    assert done.returncode == code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert [line[:6] for line in done.stderr.splitlines()].count("error:") == 1, done.stderr
    assert " next: " in done.stderr
    return done.stderr


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
        made.put_archive("/etc/docker/registry", tar({"config.yml": CONFIG}))
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


def tar(files):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(data), 0o644
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


@pytest.fixture
def shipping(project, client):
    """Makes projects of names of their own; their states are gone at the end."""
    made = []

    def make(**env):
        one = project("ship", **env)
        name = f"ship{uuid.uuid4().hex[:8]}"
        one.edit("parity.toml", 'name = "ship"', f'name = "{name}"')
        one.project = name
        made.append(one)
        return one

    yield make
    for one in made:
        remove(one)


def ids(client, one, name=""):
    """Ids of the project's states."""
    label = {"label": ["dev.parity.role=state", f"dev.parity.project={one.project}"]}
    return [
        v.name.removeprefix("parity-state-")
        for v in client.volumes.list(filters=label)
        if name in ("", v.attrs["Labels"]["dev.parity.state"])
    ]


def remove(one):
    names = {row["name"] for row in one.json("states")["states"]}
    if names:
        one.parity("drop", "--force", *sorted(names))


def in_store(client, script):
    """What a shell says in each store."""
    keepers = {"label": "dev.parity.role=store", "status": "running"}
    return "".join(
        keeper.exec_run(["sh", "-c", script]).output.decode()
        for keeper in client.containers.list(filters=keepers)
    )


def left_by(client, pids):
    """Directories of states that were made by these processes, with or without a marker."""
    wanted = "|".join(f'"pid": {pid},' for pid in pids)
    return in_store(client, f"grep -lE '{wanted}' /store/states/*.lease 2>/dev/null").split()


@pytest.fixture
def seeded(shipping):
    """A project that is up, filled and saved as `seeded`."""
    one = shipping()
    one.parity("up")
    inside(one, FILL)
    one.parity("save", "seeded")
    return one


def inside(one, script):
    return one.parity("exec", "-T", "store", "bash", "-c", f"({script}) | cat -v").stdout


def test_a_state_arrives_as_it_was(seeded, shipping, client, registry):
    before = inside(seeded, LISTING)
    assert "odd" in before
    reference = f"{registry}/ship/states:first"
    sent = seeded.json("state", "push", reference)
    other = shipping()
    taken = other.json("state", "pull", reference)
    assert taken["digest"] == sent["state"]
    assert taken["name"] == "seeded"
    assert taken["warnings"] == []
    other.parity("up")
    inside(other, "rm -rf /files/* && echo spoilt > /more/file")
    other.parity("reset", "seeded")
    assert inside(other, LISTING) == before


def test_what_is_there_already_is_not_sent_again(seeded, registry):
    reference = f"{registry}/ship/again:one"
    first = seeded.json("state", "push", reference, "seeded")
    assert first["sent"] > 6_000_000
    assert seeded.json("state", "push", reference, "seeded")["sent"] == 0
    inside(seeded, "echo new > /more/new")
    seeded.parity("save", "child")
    second = seeded.json("state", "push", f"{registry}/ship/again", "child")
    assert second["place"].endswith("/ship/again:child")
    assert second["sent"] < 100_000
    assert second["bytes"] > 6_000_000


def test_a_file_arrives_as_it_was(seeded, shipping, tmp_path):
    before = inside(seeded, LISTING)
    file = tmp_path / "seeded.tar"
    sent = seeded.json("state", "export", str(file))
    other = shipping()
    assert other.json("state", "import", str(file))["digest"] == sent["state"]
    other.parity("up")
    other.parity("reset", "seeded")
    assert inside(other, LISTING) == before
    with tarfile.open(file) as archive:
        index = json.load(archive.extractfile("index.json"))
        for name in archive.getnames():
            if name.startswith("blobs/sha256/"):
                data = archive.extractfile(name).read()
                assert hashlib.sha256(data).hexdigest() == name.rpartition("/")[2]
    assert index["manifests"][0]["digest"] == sent["digest"]
    assert list(tmp_path.glob(".*")) == []


def killed(one, after, *arguments):
    """Start a command, kill it after some seconds; its id if it lived that long, else 0."""
    process = one.start(*arguments)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        return process.pid
    finally:
        process.stdout.close()
        process.stderr.close()
    return 0


def test_a_push_or_pull_that_is_killed_leaves_nothing_half_and_goes_on(
    seeded, shipping, client, registry, until
):
    dice = random.Random(4)
    inside(seeded, "head -c 60000000 /dev/urandom > /more/large")
    seeded.parity("save", "large")
    reference = f"{registry}/ship/killed:large"
    assert any(killed(seeded, dice.uniform(0.5, 2.5), "state", "push", reference) for _ in range(4))
    sent = seeded.json("state", "push", reference)
    other = shipping()
    pids = []
    while not ids(client, other) and len(pids) < 4:
        pids.append(killed(other, dice.uniform(1, 4), "state", "pull", reference))
    if not ids(client, other):
        assert other.json("state", "pull", reference)["digest"] == sent["state"]
    (state,) = ids(client, other)
    other.parity("up")
    other.parity("reset", "large")
    assert inside(other, LISTING) == inside(seeded, LISTING)

    def swept():
        # Nothing is removed while other agents work: elsewhere on this engine, for example.
        other.parity("gc")
        return [name for name in left_by(client, pids) if state not in name] == []

    until(swept, seconds=120, what="the removal of what the killed left")


@pytest.fixture(scope="module")
def exported(open_project, client, tmp_path_factory):
    """The bytes of an exported state, from a project that is gone."""
    import shutil
    from pathlib import Path

    folder = tmp_path_factory.mktemp("exported")
    shutil.copytree(Path(__file__).parent / "projects" / "ship", folder / "ship")
    one = open_project(folder / "ship", {})
    one.project = f"ship{uuid.uuid4().hex[:8]}"
    one.edit("parity.toml", 'name = "ship"', f'name = "{one.project}"')
    try:
        one.parity("up")
        inside(one, FILL)
        one.parity("save", "seeded")
        one.parity("state", "export", str(folder / "seeded.tar"))
    finally:
        one.parity("down", "--volumes", check=False)
        remove(one)
    return (folder / "seeded.tar").read_bytes()


def largest(data):
    """Place and size of the largest blob, and its digest."""
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        info = max(archive, key=lambda info: info.size)
        return info.offset_data, info.size, f"sha256:{info.name.rpartition('/')[2]}"


def test_a_flipped_byte_is_found_and_its_blob_named(exported, shipping, client, tmp_path):
    offset, size, digest = largest(exported)
    damaged = bytearray(exported)
    damaged[offset + size // 2] ^= 1
    (tmp_path / "bad.tar").write_bytes(damaged)
    other = shipping()
    # A layer that is in the store already is not read again: none is, also at a second try.
    in_store(client, f"rm -f /store/ship/blobs/{digest.removeprefix('sha256:')}*")
    said = refused(other.parity("state", "import", str(tmp_path / "bad.tar"), check=False), 1)
    assert digest in said
    assert ids(client, other) == []
    # What came of it is not taken for the right thing the next time.
    (tmp_path / "good.tar").write_bytes(exported)
    other.parity("state", "import", str(tmp_path / "good.tar"))
    assert len(ids(client, other)) == 1


def test_a_file_that_is_cut_short_is_refused(exported, shipping, client, tmp_path):
    offset, size, _ = largest(exported)
    other = shipping()
    for length in (0, 100, offset + size // 2, len(exported) - 4096):
        (tmp_path / "short.tar").write_bytes(exported[:length])
        done = other.parity("state", "import", str(tmp_path / "short.tar"), check=False)
        assert done.returncode in (1, 2), done.stderr
        refused(done, done.returncode)
    assert ids(client, other) == []


def frame(data):
    """A zstd frame of raw blocks."""
    blocks = [data[at : at + 65536] for at in range(0, len(data), 65536)] or [b""]
    out = bytes.fromhex("28b52ffd0058")
    for number, block in enumerate(blocks):
        out += (len(block) << 3 | (number == len(blocks) - 1)).to_bytes(3, "little") + block
    return out


def hostile(entries, digest=f"sha256:{'0' * 64}", layers=None):
    """An artifact of one volume whose tar holds these entries."""
    from parity.model.state import SavedVolume, State
    from parity.state.artifact import Blob, make
    from parity.state.identity import identity

    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for info, data in entries:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    layer = frame(buffer.getvalue())
    volumes = (SavedVolume("files", ("store",), 99, 10**6, digest, ""),)
    state = State("x", "bad", "y", identity(volumes, {}, ""), "2026", "copy", volumes)
    blob = Blob(f"sha256:{hashlib.sha256(layer).hexdigest()}", len(layer))
    manifest, config = make(state, [[blob]])
    files = {f"blobs/sha256/{hashlib.sha256(d).hexdigest()}": d for d in (layer, manifest, config)}
    row = {"digest": f"sha256:{hashlib.sha256(manifest).hexdigest()}", "size": len(manifest)}
    index = json.dumps({"schemaVersion": 2, "manifests": [row]}).encode()
    return tar({"oci-layout": b"{}", "index.json": index, **files})


def entry(name, kind=tarfile.REGTYPE, link=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


HOSTILE = {
    "a name that leads out": [(entry("."), b""), (entry("../../../evil"), b"x")],
    "an absolute name": [(entry("/store/evil"), b"x")],
    "a way through a link": [
        (entry("out", tarfile.SYMTYPE, "/store"), b""),
        (entry("out/evil"), b"x"),
    ],
    "a hard link that leads out": [(entry("evil", tarfile.LNKTYPE, "../../evil"), b"")],
    "a device": [(entry("evil", tarfile.BLKTYPE), b"")],
    "a file that comes twice": [(entry("evil"), b"x"), (entry("evil"), b"y")],
}
HOSTILE = {
    name: [(entry("."), b"")] * (rows[0][0].name != ".") + rows for name, rows in HOSTILE.items()
}


def test_what_no_state_holds_is_refused_and_nothing_is_written_elsewhere(
    shipping, client, tmp_path
):
    other = shipping()
    for name, rows in HOSTILE.items():
        for info, _ in rows:
            info.mode = 0o755 if info.name == "." else 0o644
            info.type = tarfile.DIRTYPE if info.name == "." else info.type
        (tmp_path / "bad.tar").write_bytes(hostile(rows))
        said = refused(other.parity("state", "import", str(tmp_path / "bad.tar"), check=False), 1)
        assert "damaged" in said, name
    assert ids(client, other) == []
    assert (
        in_store(
            client, "find / -xdev -name 'evil*' -not -path '/proc/*'; find /store -name 'evil*'"
        )
        == ""
    )


def test_contents_that_are_not_those_announced_are_refused(shipping, client, tmp_path):
    top = entry(".", tarfile.DIRTYPE)
    top.mode = 0o755
    (tmp_path / "bad.tar").write_bytes(hostile([(top, b""), (entry("file"), b"x")]))
    other = shipping()
    said = refused(other.parity("state", "import", str(tmp_path / "bad.tar"), check=False), 1)
    assert "unpacks as" in said
    assert ids(client, other) == []


def test_a_name_that_is_taken_is_told_and_can_be_changed_or_replaced(
    exported, shipping, client, tmp_path
):
    (tmp_path / "s.tar").write_bytes(exported)
    other = shipping()
    other.parity("state", "import", str(tmp_path / "s.tar"))
    said = refused(other.parity("state", "import", str(tmp_path / "s.tar"), check=False), 2)
    assert "--name" in said
    other.parity("state", "import", str(tmp_path / "s.tar"), "--name", "second")
    first = ids(client, other, "seeded")
    other.parity("state", "import", str(tmp_path / "s.tar"), "--replace")
    now = ids(client, other, "seeded")
    assert len(now) == 1
    assert now != first
    assert first[0] not in in_store(client, "ls /store/states")
    assert len(ids(client, other, "second")) == 1


def test_other_images_than_those_that_wrote_the_data_are_told(exported, shipping, client, tmp_path):
    (tmp_path / "s.tar").write_bytes(exported)
    other = shipping()
    other.edit("compose.yaml", "/shop/app:2.3.1", "/shop/redis:7.0-3")
    other.parity("up")
    done = other.parity("state", "import", str(tmp_path / "s.tar"))
    assert "store runs another image here" in done.stderr


def test_a_registry_that_refuses_says_how_to_log_in(seeded, shipping, tmp_path):
    login = {"auths": {DEMO: {"auth": "ZGVwbG95Ondyb25n"}}}
    (tmp_path / "wrong").mkdir()
    (tmp_path / "wrong" / "config.json").write_text(json.dumps(login))
    (tmp_path / "none").mkdir()
    for folder in ("wrong", "none"):
        seeded.env["DOCKER_CONFIG"] = str(tmp_path / folder)
        for verb in ("push", "pull"):
            done = seeded.parity("state", verb, f"{DEMO}/ship/states:seeded", check=False)
            assert f"docker login {DEMO}" in refused(done, 3)


def test_a_registry_that_is_not_there_or_holds_something_else(shipping):
    one = shipping()
    for verb in (["pull", "127.0.0.1:1/ship/states:x"],):
        assert "no registry answers" in refused(one.parity("state", *verb, check=False), 3)
    said = refused(one.parity("state", "pull", f"{DEMO}/shop/app:2.3.1", check=False), 2)
    assert "is not a parity state" in said
    said = refused(one.parity("state", "pull", f"{DEMO}/shop/app:none", check=False), 2)
    assert "has no shop/app:none" in said


def test_the_demo_registry_takes_a_state_with_a_password(seeded, shipping):
    """The one registry here that asks who we are; little of what is sent stays behind."""
    inside(seeded, "rm /files/random")
    seeded.parity("save", "small")
    reference = f"{DEMO}/ship/test-states:small"
    sent = seeded.json("state", "push", reference)
    assert shipping().json("state", "pull", reference)["digest"] == sent["state"]
