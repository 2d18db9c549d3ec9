"""Every way of copying keeps the same promises: the engine's own pool, overlay, whole copies, XFS and btrfs disks."""

import contextlib
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import docker
import docker.errors
import pytest

from parity.engine.images import ensure_gateway, gateway_tag
from parity.errors import EngineError
from parity.model.progress import silent
from parity.model.project import LocalTable
from parity.state import keeper, marks, pool
from parity.state.agent import POOL, POOL_IMAGE
from parity.state.backends.contract import Backend
from parity.state.backends.direct import Direct
from parity.state.choose import choose
from parity.state.store import Store, open_store

pytestmark = [pytest.mark.engine, pytest.mark.xdist_group("backends")]

PROGRAM = Path(__file__).resolve().parents[2] / "parity"
WAYS = {
    "pool": (None, "reflink"),
    "overlay": (None, "overlay"),
    "copy": (None, "copy"),
    "xfs": ("xfs", "auto"),
    "btrfs": ("btrfs", "auto"),
}


@dataclass
class Engine:
    """A second engine: in a network of its own, with its data on a disk of its own. Stopped and started freely."""

    folder: Path
    image: str
    _process: subprocess.Popen[bytes] | None = None

    @classmethod
    def on(cls, folder: Path, disk: str, gib: float, image: str) -> "Engine":
        found = cls(folder, image)
        _run("truncate", "-s", str(int(gib * 2**30)), str(folder / "disk"))
        _run(f"mkfs.{disk}", "-q", str(folder / "disk"))
        (folder / "data").mkdir()
        _run("mount", "-o", "loop", str(folder / "disk"), str(folder / "data"))
        _run("ip", "netns", "add", found.name)
        _run("ip", "-n", found.name, "link", "set", "lo", "up")
        found.start()
        with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as saved:
            load = ["docker", "-H", found.url, "load", "-q"]
            subprocess.run(load, stdin=saved.stdout, check=True, timeout=300)
        return found

    @property
    def name(self) -> str:
        return f"parity-{self.folder.name}"

    @property
    def url(self) -> str:
        return f"unix://{self.folder}/engine.sock"

    @property
    def pool(self) -> Path:
        return self.folder / "data/root/volumes/parity-pool-image/_data"

    @functools.cached_property
    def client(self) -> docker.DockerClient:
        return docker.DockerClient(base_url=self.url, timeout=120)

    def answers(self) -> bool:
        done = subprocess.run(
            ["docker", "-H", self.url, "version"], capture_output=True, check=False
        )
        return done.returncode == 0

    def start(self) -> None:
        pid = self.folder / "engine.pid"
        pid.unlink(missing_ok=True)
        # Its own bridge would be the machine's: it has none, and touches no firewall.
        with (self.folder / "engine.log").open("ab") as log:
            self._process = subprocess.Popen(
                ["nsenter", f"--net=/run/netns/{self.name}", "dockerd", "--bridge=none"]
                + ["--iptables=false", f"--data-root={self.folder}/data/root"]
                + [f"--exec-root={self.folder}/exec", f"--pidfile={pid}", f"--host={self.url}"],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        end = time.monotonic() + 60
        while not self.answers():
            assert time.monotonic() < end, (self.folder / "engine.log").read_text()[-3000:]
            time.sleep(0.1)

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self._process is None:
            return
        running = [c.attrs["State"]["Pid"] for c in self.client.containers.list()]
        self._process.send_signal(how)
        self._process.wait(60)
        self._process = None
        if how == signal.SIGKILL:
            _end_of(self.folder)
            for pid in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            shutil.rmtree(self.folder / "exec", ignore_errors=True)

    def remove(self) -> None:
        self.stop(signal.SIGKILL)
        self.client.close()
        for device in loops_of(self):
            subprocess.run(["losetup", "-d", device], check=False)
        for line in reversed(Path("/proc/self/mounts").read_text().splitlines()):
            at = line.split()[1]
            if at.startswith(f"{self.folder}/"):
                subprocess.run(["umount", "-l", at], check=False)
        _run("ip", "netns", "delete", self.name)


def _end_of(folder: Path) -> None:
    """End the containerd that a killed engine left: it is the one whose configuration lies there."""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            if f"{folder}/exec/" in line.read_text():
                os.kill(int(line.parent.name), signal.SIGKILL)


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}: {done.stderr}"


@pytest.fixture(scope="module")
def second_engine(image: str) -> Iterator[Callable[..., Engine]]:
    """Makes engines whose data is on a disk of the given file system and size."""
    made: list[Engine] = []

    def make(disk: str, gib: float) -> Engine:
        if os.geteuid() != 0:
            pytest.skip("a second engine takes root")
        for tool in ("dockerd", "nsenter", "ip", "losetup", f"mkfs.{disk}"):
            if not shutil.which(tool):
                pytest.skip(f"a second engine takes {tool}")
        if f"\t{disk}" not in Path("/proc/filesystems").read_text():
            pytest.skip(f"this kernel has no {disk}")
        folder = Path(tempfile.mkdtemp(prefix="parity-second-", dir="/var/tmp"))
        made.append(Engine(folder, image))
        made[-1] = Engine.on(folder, disk, gib, image)
        return made[-1]

    yield make
    for engine in made:
        engine.remove()
        shutil.rmtree(engine.folder, ignore_errors=True)


@dataclass
class Place:
    """A store, a way of copying in it, and what was made there."""

    store: Store
    backend: Backend
    made: list[str] = field(default_factory=list)
    volumes: list[str] = field(default_factory=list)

    def python(self, code: str, volume: str, **options: object) -> object:
        """Run code with a volume at /data; what it leaves in `answer`."""
        text = f"import json, os\n{code}\nprint(json.dumps(answer))"
        said = self.store.client.containers.run(
            self.store.image,
            entrypoint=["python3", "-c", text],
            volumes={volume: {"bind": "/data", "mode": "rw"}},
            network_mode="none",
            cap_add=["SYS_ADMIN"],
            remove=True,
            **options,
        )
        return json.loads(said)

    def volume(self, options: dict[str, str]) -> str:
        name = f"parity-contract-{uuid.uuid4().hex[:12]}"
        self.volumes.append(name)
        self.store.client.volumes.create(name, driver="local", driver_opts=options)
        return name

    def sealed(self, code: str) -> str:
        """A sealed directory with what `code` makes in a volume, by the way that `parity save` goes."""
        origin = self.volume({})
        self.python(f"{code}\nanswer = 0", origin)
        return self.sealed_from(origin)

    def sealed_from(self, volume: str, live: str = "") -> str:
        place = marks.place(f"contract{uuid.uuid4().hex[:12]}", 0)
        self.made.append(place.rpartition("/")[0])
        if live and self.backend.clones():
            self.store.run("clone", copies=[{"from": live, "to": place}], reflink="always")
        else:
            copies = [{"from": "/from/0", "to": place}]
            self.store.once("clone", {"/from/0": volume}, copies=copies, reflink="never")
        return place

    def copy(self, sealed: str) -> tuple[str, str]:
        """(live place, volume) of a new copy."""
        live = f"live/contract{uuid.uuid4().hex[:12]}"
        self.made.append(live)
        [options] = self.backend.derive(self.store, [(sealed, live)])
        return live, self.volume(dict(options))

    def digest(self, sealed: str) -> str:
        return self.store.run("digest", paths=[sealed])[sealed]["digest"]

    def seen(self, volume: str) -> str:
        """The digest of a copy as a container sees it."""
        return self.python("from store.tree import tree\nanswer = tree('/data').digest", volume)

    def clean(self) -> None:
        for name in self.volumes:
            for left in self.store.client.containers.list(all=True, filters={"volume": name}):
                left.remove(force=True)
            self.store.client.volumes.get(name).remove(force=True)
        self.store.run("clone", reflink="never", remove=self.made)


@pytest.fixture(scope="session")
def image(client) -> str:
    base = LocalTable().gateway_base
    ensure_gateway(client, gateway_tag(base), base, silent)
    return gateway_tag(base)


@pytest.fixture(scope="module", params=list(WAYS))
def place(request: pytest.FixtureRequest, client, image, second_engine) -> Iterator[Place]:
    disk, wish = WAYS[request.param]
    engine = second_engine(disk, 6).client if disk else client
    store, backend = choose(engine, image, wish, silent)
    assert backend.name == ("reflink" if disk or wish == "reflink" else wish)
    assert store.volume == ("parity-pool" if request.param == "pool" else "parity-store")
    found = Place(store, backend)
    yield found
    found.clean()


TREE = """
import socket, stat
os.chdir("/data")
open("plain", "w").write("sealed")
open("gone", "w").write("sealed")
os.makedirs("folder/below")
open("folder/below/inner", "w").write("sealed")
open("one", "w").write("sealed"); os.link("one", "two")
with open("sparse", "wb") as f: f.truncate(64 << 20); f.seek(32 << 20); f.write(b"middle")
os.symlink("plain", "link"); os.symlink("/nowhere", "dangling")
os.mkfifo("pipe"); socket.socket(socket.AF_UNIX).bind("socket")
open("program", "w").write("x"); os.chown("program", 1, 2); os.chmod("program", 0o4755)
os.setxattr("plain", "user.colour", b"blue"); os.setxattr("plain", "trusted.note", b"kept")
os.setxattr("program", "security.capability", bytes.fromhex("0100000200040000000000000000000000000000"))
open(b"\\xff name\\n", "w").write("odd"); open("empty", "w")
os.utime("plain", ns=(1, 123456789)); os.mkdir("sticky"); os.chmod("sticky", 0o1777)
os.chown("/data", 1234, 4321); os.chmod("/data", 0o2750)
"""


@pytest.fixture(scope="module")
def tree(place: Place) -> str:
    return place.sealed(TREE)


@pytest.fixture
def untouched(place: Place, tree: str) -> Iterator[None]:
    """Whatever the test does, the sealed directory is what it was."""
    before = place.digest(tree)
    yield
    assert place.digest(tree) == before


def test_a_copy_is_what_was_sealed(place, tree, untouched):
    _, volume = place.copy(tree)
    assert place.seen(volume) == place.digest(tree)
    facts = """
os.chdir("/data")
root, program, sparse = os.stat("."), os.stat("program"), os.stat("sparse")
answer = [root.st_uid, root.st_gid, oct(root.st_mode), oct(program.st_mode), sorted(os.listxattr("plain")),
    os.listxattr("program"), os.stat("one").st_ino == os.stat("two").st_ino, os.readlink("dangling"),
    sparse.st_size, sparse.st_blocks * 512 < 1 << 20, os.stat("plain").st_mtime_ns]
"""
    assert place.python(facts, volume) == [
        1234,
        4321,
        "0o42750",
        "0o104755",
        ["trusted.note", "user.colour"],
        ["security.capability"],
        True,
        "/nowhere",
        64 << 20,
        True,
        123456789,
    ]


def test_a_write_in_one_copy_is_seen_nowhere_else(place, tree, untouched):
    (_, mine), (_, other) = place.copy(tree), place.copy(tree)
    code = """
os.chdir("/data")
open("plain", "a").write(" and mine"); open("new", "w").write("mine")
with open("sparse", "r+b") as f: f.write(b"start"); f.seek(32 << 20); f.write(b"MIDDLE")
answer = [open("plain").read(), open("sparse", "rb").read(5).decode()]
"""
    assert place.python(code, mine) == ["sealed and mine", "start"]
    assert place.seen(other) == place.digest(tree) != place.seen(mine)
    later = place.copy(tree)[1]
    assert place.seen(later) == place.digest(tree)


def test_what_is_removed_or_renamed_in_a_copy_is_so_there_alone(place, tree, untouched):
    (_, mine), (_, other) = place.copy(tree), place.copy(tree)
    code = """
os.chdir("/data")
os.unlink("gone"); os.rename("folder", "moved"); os.rename("plain", "moved/plain"); os.unlink("link")
open("gone", "w").write("again"); os.unlink("gone")
answer = [sorted(os.listdir("moved")), open("moved/below/inner").read(), os.path.exists("gone")]
"""
    assert place.python(code, mine) == [["below", "plain"], "sealed", False]
    look = 'answer = [os.path.exists(f"/data/{n}") for n in ("gone", "folder", "moved")]'
    assert place.python(look, mine) == [False, False, True]
    assert place.seen(other) == place.digest(tree)


def test_two_names_of_one_file_stay_so_when_it_is_written(place, tree, untouched):
    _, volume = place.copy(tree)
    code = """
os.chdir("/data")
open("one", "w").write("changed")
answer = [open("two").read(), os.stat("one").st_nlink]
"""
    assert place.python(code, volume) == ["changed", 2]


def test_the_owner_of_the_root_may_write_there_and_nobody_else(place, tree, untouched):
    _, volume = place.copy(tree)
    code = "open('/data/mine', 'w').write('x')\nanswer = os.stat('/data/mine').st_gid"
    assert place.python(code, volume, user="1234:1234") == 4321
    refused = """
try: answer = bool(open('/data/other', 'w'))
except PermissionError: answer = 'refused'
"""
    assert place.python(refused, volume, user="99:99") == "refused"


def test_what_was_written_is_there_after_a_restart(place, tree, untouched):
    _, volume = place.copy(tree)
    code = (
        "p='/data/starts'; n = os.path.exists(p) and int(open(p).read()) or 0\n"
        "open(p, 'w').write(str(n + 1)); os.path.exists('/data/gone') and os.unlink('/data/gone')"
    )
    container = place.store.client.containers.create(
        place.store.image,
        entrypoint=["python3", "-c", f"import os\n{code}"],
        volumes={volume: {"bind": "/data", "mode": "rw"}},
        network_mode="none",
    )
    try:
        for _ in range(3):
            container.start()
            assert container.wait()["StatusCode"] == 0
    finally:
        container.remove(force=True)
    look = "answer = [open('/data/starts').read(), os.path.exists('/data/gone')]"
    assert place.python(look, volume) == ["3", False]


def test_a_copy_can_be_sealed_in_turn(place, tree, untouched):
    live, volume = place.copy(tree)
    place.python("open('/data/second', 'w').write('x'); os.unlink('/data/gone')\nanswer=0", volume)
    second = place.sealed_from(volume, live)
    as_sealed = place.digest(second)
    place.python("open('/data/plain', 'w').write('later')\nanswer=0", volume)
    _, again = place.copy(second)
    look = "answer = [sorted(set(os.listdir('/data')) & {'second', 'gone'}), open('/data/plain').read()]"
    assert place.python(look, again) == [["second"], "sealed"]
    assert place.digest(second) == place.seen(place.copy(second)[1]) == as_sealed


def test_many_small_files_and_a_large_one(place):
    code = """
for d in range(100):
    os.mkdir(f"/data/{d}")
    for n in range(200): open(f"/data/{d}/{n}", "w").write(f"{d}/{n}")
with open("/data/large", "wb") as f:
    for _ in range(256): f.write(os.urandom(1 << 20))
"""
    sealed = place.sealed(code)
    before = place.digest(sealed)
    _, volume = place.copy(sealed)
    assert place.seen(volume) == before
    change = """
with open("/data/large", "r+b") as f: f.seek(128 << 20); f.write(b"changed")
for n in range(200): os.unlink(f"/data/7/{n}")
os.rmdir("/data/7")
answer = sum(len(files) for _, _, files in os.walk("/data"))
"""
    assert place.python(change, volume) == 19801
    assert place.digest(sealed) == before


def test_a_copy_that_cannot_be_made_leaves_nothing(place, tree, untouched):
    lives = [f"live/contract{uuid.uuid4().hex[:12]}" for _ in range(2)]
    with pytest.raises(EngineError, match="there is no /store/states/never"):
        place.backend.derive(place.store, [(tree, lives[0]), (marks.place("never", 0), lives[1])])
    there = place.store.run("survey")
    assert not {live.partition("/")[2] for live in lives} & set(there["live"])


def test_a_removed_copy_is_gone_and_the_others_are_not(place, tree, untouched):
    (live, mine), (_, other) = place.copy(tree), place.copy(tree)
    place.python("open('/data/plain', 'w').write('mine')\nanswer=0", mine)
    place.store.client.volumes.get(mine).remove()
    place.volumes.remove(mine)
    place.backend.derive(place.store, [], remove=[live])
    there = place.store.run("survey")
    assert live.partition("/")[2] not in {name.partition(".")[0] for name in there["live"]}
    assert place.seen(other) == place.digest(tree)


@pytest.fixture(scope="module")
def engine(second_engine) -> Engine:
    """An engine on a small ext4 disk: its pool is nearly all of it."""
    return second_engine("ext4", 6)


def opened(engine: Engine) -> Store:
    return open_store(engine.client, engine.image, POOL)


@pytest.fixture
def pooled(engine) -> Iterator[Place]:
    found = Place(opened(engine), Direct(reflink=True))
    yield found
    found.clean()


def loops_of(engine: Engine) -> list[str]:
    """Loop devices over the engine's pool: this machine sees their files by inode."""
    if not (engine.pool / "pool.img").exists():
        return []
    found = (engine.pool / "pool.img").stat()
    device = f"{os.major(found.st_dev)}:{os.minor(found.st_dev)}"
    columns = ["losetup", "-nl", "-O", "NAME,BACK-INO,BACK-MAJ:MIN"]
    said = subprocess.run(columns, capture_output=True, text=True, check=True)
    rows = [row.split() for row in said.stdout.splitlines()]
    return [row[0] for row in rows if row[1:] == [str(found.st_ino), device]]


def test_a_volume_of_another_with_the_pools_name_is_left_alone(engine, image):
    for name in ("parity-pool-image", "parity-pool"):
        foreign = engine.client.volumes.create(name)
        store, backend = choose(engine.client, image, "auto", silent)
        assert (store.volume, backend.name) == ("parity-store", "overlay")
        with pytest.raises(EngineError, match=f"called {name} that is not parity's"):
            opened(engine)
        assert list(Path(foreign.attrs["Mountpoint"]).iterdir()) == []
        for left in engine.client.containers.list(all=True):
            if left.name.startswith("parity-pool"):
                left.remove(force=True)
        foreign.remove()


def test_commands_at_once_make_one_pool_also_after_a_killed_one(engine, image):
    """What a kill leaves while the file is made: a part of it, under another name."""
    keeper.volume(engine.client, POOL_IMAGE)
    (engine.pool / "pool.new").write_bytes(b"half of one")
    with ThreadPoolExecutor(3) as several:
        stores = list(several.map(lambda _: opened(engine), range(3)))
    assert len({store.keeper for store in stores}) == 1
    assert len(loops_of(engine)) == 1
    assert not (engine.pool / "pool.new").exists()
    assert stores[0].run("survey")["total"] > 3 << 30


def test_a_copy_that_fills_the_pool_harms_nobody_else(engine, pooled):
    """Before that the pool grows as far as the engine's disk allows."""
    sealed = pooled.sealed(TREE)
    (_, mine), (_, other) = pooled.copy(sealed), pooled.copy(sealed)
    size, total = (engine.pool / "pool.img").stat().st_size, pooled.store.run("survey")["total"]
    fill = """
import errno, time
n = answer = 0
while not answer and n < 100:
    try:
        with open(f"/data/fill{n}", "wb") as f: os.posix_fallocate(f.fileno(), 0, 128 << 20)
        n += 1
        time.sleep(0.1)
    except OSError as error: answer = errno.errorcode[error.errno]
"""
    assert pooled.python(fill, mine) == "ENOSPC"
    grown = (engine.pool / "pool.img").stat().st_size - size
    assert grown > 0
    more = pooled.store.run("survey")["total"] - total
    assert more == pytest.approx(grown, rel=0.1), "all of it is room for data"
    assert shutil.disk_usage(engine.folder / "data").free > 256 << 20
    assert pooled.seen(other) == pooled.digest(sealed)
    free = """
[os.unlink(f"/data/{n}") for n in os.listdir("/data") if n.startswith("fill")]
answer = open("/data/plain", "w").write("written")
"""
    assert pooled.python(free, mine) == 7
    assert pooled.seen(other) == pooled.digest(sealed)


def test_a_save_without_room_says_so_and_leaves_nothing(engine, pooled):
    sealed = pooled.sealed(TREE)
    _, full = pooled.copy(sealed)
    origin = pooled.volume({})
    large = 'open("/data/large", "wb").write(os.urandom(100 << 20))\nanswer = 0'
    pooled.python(large, origin)
    # XFS gives the room of removed files back a while after: of those of the test before, for example.
    fill = """
import time
def free(): room = os.statvfs("/data"); return room.f_bavail * room.f_bsize - (40 << 20)
quiet = 0
with open("/data/fill", "wb") as f:
    while quiet < 20:
        quiet += 1
        if free() > 0:
            os.posix_fallocate(f.fileno(), os.fstat(f.fileno()).st_size, free())
            quiet = 0
        time.sleep(0.1)
answer = 0
"""
    pooled.python(fill, full)
    with pytest.raises(EngineError, match=r"it takes 100 MiB, and \d+ MiB are free") as refused:
        pooled.sealed_from(origin)
    assert "free space" in refused.value.next_step
    there = pooled.store.run("survey")
    assert pooled.made[-1].rpartition("/")[2] not in {n.partition(".")[0] for n in there["states"]}
    assert there["trash"] == {}
    pooled.python('os.unlink("/data/fill")\nanswer = 0', full)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_pool_is_there_after_a_restart_of_the_engine(engine, how):
    place = Place(opened(engine), Direct(reflink=True))
    sealed = place.sealed(TREE)
    digest = place.digest(sealed)
    live, volume = place.copy(sealed)
    place.python("open('/data/mine', 'w').write('x')\nanswer = 0", volume)
    engine.stop(how)
    engine.start()
    again = Place(opened(engine), Direct(reflink=True), place.made, place.volumes)
    assert again.digest(sealed) == digest
    assert again.python("answer = os.path.exists('/data/mine')", volume)
    again.clean()
    assert live


def test_after_a_reboot_a_copy_is_never_an_empty_folder(engine):
    """The machine's loop devices are gone, and the pool's number went to another file system."""
    place = Place(opened(engine), Direct(reflink=True))
    sealed = place.sealed(TREE)
    digest = place.digest(sealed)
    _, volume = place.copy(sealed)
    [device] = loops_of(engine)
    engine.stop()
    _run("losetup", "-d", device)
    other = engine.folder / "other"
    _run("truncate", "-s", "400M", str(other))
    _run("mkfs.xfs", "-q", str(other))
    _run("losetup", device, str(other))
    try:
        engine.start()
        with pytest.raises(docker.errors.APIError, match="no such file or directory"):
            place.python("answer = os.listdir('/data')", volume)
        again = Place(opened(engine), Direct(reflink=True), place.made, place.volumes)
        assert loops_of(engine) != [device]
        assert again.digest(sealed) == again.seen(volume) == digest
        again.clean()
    finally:
        _run("losetup", "-d", device)


@contextlib.contextmanager
def registry_in(network: str) -> Iterator[None]:
    """What answers at the registry's port of this machine answers so in that network, too."""
    code = """
import socket, sys, threading
from pathlib import Path
door, inside = sys.argv[1], sys.argv[2] == "inside"
def pump(a, b):
    while data := a.recv(65536): b.sendall(data)
    b.shutdown(socket.SHUT_WR)
def both(one):
    other = socket.socket(socket.AF_UNIX) if inside else socket.socket()
    other.connect(door if inside else ("127.0.0.1", 5055))
    threading.Thread(target=pump, args=(one, other)).start()
    pump(other, one)
if inside: listen = socket.create_server(("127.0.0.1", 5055))
else: listen = socket.socket(socket.AF_UNIX); listen.bind(door); listen.listen(64)
print("ready", flush=True)
while True: threading.Thread(target=both, args=(listen.accept()[0],), daemon=True).start()
"""
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        for way in ("outside", "inside"):
            enter = ["nsenter", f"--net=/run/netns/{network}"] if way == "inside" else []
            command = [*enter, sys.executable, "-c", code, f"{folder}/door", way]
            process = stack.enter_context(subprocess.Popen(command, stdout=subprocess.PIPE))
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == b"ready\n"
        yield


def test_a_stack_in_the_pool_comes_up_after_a_reboot(engine, project, until):
    """Also where its services were tried, and failed, before anybody mounted the pool."""
    here = project("notes", DOCKER_HOST=engine.url, XDG_CACHE_HOME=str(engine.folder / "cache"))
    say = ["exec", "notes", "sh", "-c"]
    with registry_in(engine.name):
        here.parity("up")
        here.parity(*say, "echo before > /notes/text")
        here.parity("save", "seeded")
        assert here.json("states")["states"][0]["store"] == "parity-pool"
        here.parity("reset", "seeded")
        here.parity(*say, "echo after > /notes/text")
        for heals in (["up"], ["save", "later"], ["reset", "later"]):
            [device] = loops_of(engine)
            engine.stop()
            _run("losetup", "-d", device)
            engine.start()
            assert not here.parity(*say, "cat /notes/text", check=False).stdout
            done = here.parity(*heals)
            assert "pool" in done.stderr or heals != ["up"]
            here.parity("up")
            assert here.parity(*say, "cat /notes/text").stdout.strip() == "after"
            assert here.parity("up").stderr.count("nothing to do") == 1
        here.parity("down", "--volumes")
        for state in ("seeded", "later"):
            here.parity("drop", state)
        assert here.json("gc")["removed"] == []


def test_a_pool_that_is_taken_away_leaves_nothing(engine, image):
    opened(engine)
    pool.remove(engine.client, image)
    assert not [v.name for v in engine.client.volumes.list() if v.name.startswith("parity-pool")]
    mounts = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    assert not [at for at in mounts if at.startswith(f"{engine.folder}/data/root/volumes/")]


def test_save_and_reset_see_nothing_of_the_engines_disk(project, client, image):
    """The commands run in a container with the project, the program and the engine's socket alone."""
    here = project("notes")
    name = f"unseen{uuid.uuid4().hex[:6]}"
    here.edit("parity.toml", '"notes"', f'"{name}"')
    here.parity("up")
    read = ["exec", "notes", "cat", "/notes/text"]

    def write(text: str) -> None:
        here.parity("exec", "notes", "sh", "-c", f"echo {text} > /notes/text")

    def inside(*arguments: str) -> None:
        own = (here.root, "/var/run/docker.sock", sys.prefix, sys.base_prefix, PROGRAM)
        client.containers.run(
            image,
            entrypoint=[sys.executable, "-m", "parity", *arguments],
            volumes={str(path): {"bind": str(path), "mode": "rw"} for path in own},
            environment={"XDG_CACHE_HOME": "/tmp", "PYTHONDONTWRITEBYTECODE": "1"},
            working_dir=str(here.root),
            network_mode="none",
            remove=True,
        )

    write("before")
    try:
        inside("save", name)
        write("after")
        inside("reset", name)
        assert here.parity(*read).stdout.strip() == "before"
    finally:
        here.parity("down", "--volumes", check=False)
        here.parity("drop", name, check=False)
