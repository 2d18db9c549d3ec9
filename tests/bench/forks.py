"""The shop on start states: fork, reset, a spare handed out, a crowd of forks, a reset for each test.

Beside them: `docker compose up --wait` with new volumes for whole stacks; for single tests what
IntegreSQL does (a pool of databases made from a template) and what testcontainers does (a database
container a test, and the schema loaded).
PARITY_BENCH_FORKS (25) is the size of the crowd, PARITY_BENCH_TESTS (200) the number of tests,
PARITY_BENCH_PARTS ("whole,crowd,tests") what is measured.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from timing import Row, seconds

SHOP = Path(__file__).parents[2] / "stacks" / "shop"
CROWD = int(os.environ.get("PARITY_BENCH_FORKS", "25"))
TESTS = int(os.environ.get("PARITY_BENCH_TESTS", "200"))
PARTS = os.environ.get("PARITY_BENCH_PARTS", "whole,crowd,tests").split(",")
IMAGE = f"{os.environ.get('REGISTRY', '127.0.0.1:5055')}/shop/postgres:15.18-1"
STATE = "bench"


def measure(runs: int) -> list[Row]:
    """Rows for whole stacks, then for single tests."""
    session = _session()
    from parity.actions.down import down
    from parity.actions.request import UpRequest
    from parity.actions.save import save
    from parity.actions.up import up
    from parity.model.progress import silent

    try:
        up(session, UpRequest(), silent)
        save(session, STATE, silent, replace=True)
        whole = _whole(session, runs) if "whole" in PARTS else []
        crowd = _crowd(session) if "crowd" in PARTS else []
        tests = _tests(session) if "tests" in PARTS else []
    finally:
        down(session, silent, volumes=True)
        parity = [sys.executable, "-m", "parity", "-p", session.identity.name]
        subprocess.run([*parity, "drop", STATE, "--force"], cwd=SHOP, check=False)
    return [*whole, *crowd, *tests]


def _session() -> Any:
    from parity.actions.session import open_session
    from parity.config import load

    paths = load.locate(SHOP)
    return open_session(paths, load.load(paths), name=f"shop-bench-{os.getpid()}")


def _whole(session: Any, runs: int) -> list[Row]:
    from parity.actions.fork import fork, release, reset_fork
    from parity.actions.reset import reset
    from parity.actions.spares import Spares
    from parity.model.progress import silent
    from parity.state.leases import mine

    anew = _compose(session)
    made: list[Any] = []

    def one() -> None:
        made.append(
            fork(session, name=f"b{len(made)}", state=STATE, lease=mine(), progress=silent)[0]
        )

    forked = _median(min(runs, 3), one)
    reset_of_fork = _median(runs, lambda: reset_fork(session, made[0], progress=silent))
    release(session, [each.name for each in made], silent)
    of_stack = _median(min(runs, 3), lambda: reset(session, STATE, silent))
    spares = Spares(session, state=STATE, lease=mine(), progress=silent, count=2, memory=1 << 40)
    try:
        handed = []
        for _ in range(max(5, runs)):
            _settled(spares)
            began = time.perf_counter()
            got = spares.take()
            handed.append(time.perf_counter() - began)
            spares.give_back(got)
    finally:
        spares.close()
    instead = "docker compose up --wait, new volumes"
    return [
        Row("fork of the shop, 7 services", forked, anew, instead),
        Row("reset of the shop's stack", of_stack, anew, instead),
        Row("reset of a fork, broker not written to", reset_of_fork, anew, instead),
        Row("hand-out of a spare fork", statistics.median(handed), anew, instead),
    ]


def _settled(spares: Any) -> None:
    end = time.monotonic() + 120
    while spares.ready == 0 and len(spares) and time.monotonic() < end:
        time.sleep(0.05)


def _compose(session: Any) -> float:
    """What the same stack takes by Compose, from nothing, on the document that parity runs."""
    from parity import compose_cli

    document = session.files.document
    name = session.identity.name
    base = [compose_cli.executable(), "--file", str(document), "--project-name", name]
    parity = [sys.executable, "-m", "parity", "-p", name]
    env = dict(os.environ)
    subprocess.run([*parity, "down", "--volumes"], cwd=SHOP, check=True, capture_output=True)
    taken = seconds([*base, "up", "--detach", "--wait"], cwd=SHOP, env=env, ok=(0, 1))
    subprocess.run([*parity, "down", "--volumes"], cwd=SHOP, check=True, capture_output=True)
    subprocess.run([*parity, "reset", STATE], cwd=SHOP, check=True, capture_output=True)
    return taken


def _crowd(session: Any) -> list[Row]:
    from parity.actions.fork import fork, release
    from parity.model.progress import silent
    from parity.state.leases import mine

    free, disk = _available(), _disk()
    began = time.perf_counter()
    made = fork(session, name="crowd", state=STATE, count=CROWD, lease=mine(), progress=silent)
    taken = time.perf_counter() - began
    memory, room = free - _available(), disk - _disk()
    print(
        f"{CROWD} forks of the shop at once: {taken:.0f} s, {taken / CROWD:.1f} s each; "
        f"{memory / CROWD / 1e6:.0f} MB of memory and {room / CROWD / 1e6:.1f} MB of disk each"
    )
    began = time.perf_counter()
    release(session, [one.name for one in made], silent)
    print(f"taken away in {time.perf_counter() - began:.0f} s")
    return []


def _tests(session: Any) -> list[Row]:
    """Median time between two tests that wrote to the database."""
    from parity.actions.spares import Spares
    from parity.engine.client import connect
    from parity.model.progress import silent
    from parity.state.leases import mine

    client = connect()
    spares = Spares(
        session,
        state=STATE,
        lease=mine(),
        progress=silent,
        count=2,
        memory=1 << 40,
        services=["db"],
    )
    times = []
    try:
        for _ in range(TESTS):
            began = time.perf_counter()
            fork = spares.take()
            times.append(time.perf_counter() - began)
            container = _database(client, fork.stack)
            _psql(container, "create table written (n int)")
            spares.give_back(fork)
    finally:
        spares.close()
    mine_median = statistics.median(times)
    print(
        f"a test's reset, {TESTS} tests: median {mine_median * 1000:.0f} ms, worst {max(times) * 1000:.0f} ms"
    )
    return [
        Row("database ready for the next test", mine_median, _template_pool(client), "IntegreSQL's way: pool of template copies"),
        Row("database ready for the next test", mine_median, _container_each(), "testcontainers' way: container and schema a test"),
    ]  # fmt: skip


def _template_pool(client: Any) -> float:
    """A pool of two databases made from a template in the background; the next one is waited for."""
    server = client.containers.run(IMAGE, command=["postgres"], environment={"POSTGRES_USER": "shop", "POSTGRES_DB": "shop", "POSTGRES_PASSWORD": "x"}, detach=True)  # fmt: skip
    try:
        _until(lambda: server.exec_run(["psql", "-U", "shop", "-h", "127.0.0.1", "-c", "select 1"], environment={"PGPASSWORD": "x"}).exit_code == 0)  # fmt: skip
        for table in range(20):
            _psql(
                server,
                f"create table t{table} as select g, md5(g::text) from generate_series(1, 2000) g",
            )
        _psql(server, "create database base template shop", "postgres")
        times = []
        with ThreadPoolExecutor(max_workers=1) as pool:

            def prepare(n: int) -> str:
                _psql(server, f"create database test{n} template base", "postgres")
                return f"test{n}"

            ready = [pool.submit(prepare, n) for n in (0, 1)]
            for n in range(min(TESTS, 100)):
                began = time.perf_counter()
                name = ready.pop(0).result()
                times.append(time.perf_counter() - began)
                _psql(server, "create table written (n int)", name)
                ready.append(pool.submit(prepare, n + 2))
        return statistics.median(times)
    finally:
        server.remove(force=True, v=True)


def _container_each() -> float:
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
    from testcontainers.core.container import DockerContainer

    with tempfile.TemporaryDirectory() as folder:
        schema = Path(folder) / "schema.sql"
        schema.write_text("".join(f"create table t{n} as select g, md5(g::text) from generate_series(1, 2000) g;\n" for n in range(20)))  # fmt: skip

        def one() -> None:
            made = DockerContainer(IMAGE, command="postgres").with_exposed_ports(5432)
            for name, value in {"POSTGRES_USER": "shop", "POSTGRES_DB": "shop", "POSTGRES_PASSWORD": "x"}.items():  # fmt: skip
                made = made.with_env(name, value)
            made = made.with_volume_mapping(folder, "/schema", "ro")
            with made as running:
                wrapped = running.get_wrapped_container()
                _until(lambda: wrapped.exec_run(["psql", "-U", "shop", "-h", "127.0.0.1", "-c", "select 1"], environment={"PGPASSWORD": "x"}).exit_code == 0)  # fmt: skip
                done = wrapped.exec_run(["psql", "-q", "-U", "shop", "-f", "/schema/schema.sql"])
                if done.exit_code:
                    raise SystemExit(done.output.decode())

        return _median(3, one)


def _database(client: Any, stack: str) -> Any:
    return client.containers.list(filters={"label": [f"dev.parity.stack={stack}", "dev.parity.service=db"]})[0]  # fmt: skip


def _psql(container: Any, text: str, database: str = "shop") -> None:
    done = container.exec_run(["psql", "-U", "postgres", "-d", database, "-qAtc", text])
    if done.exit_code:
        raise SystemExit(done.output.decode(errors="replace"))


def _available() -> int:
    text = Path("/proc/meminfo").read_text()
    return int(text.partition("MemAvailable:")[2].split()[0]) * 1024


def _disk() -> int:
    room = os.statvfs("/var/lib")
    return room.f_bavail * room.f_frsize


def _until(condition: Callable[[], bool], limit: float = 120) -> None:
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("no answer in time")
        time.sleep(0.02)


def _median(runs: int, action: Callable[[], object]) -> float:
    times = []
    for _ in range(max(1, runs)):
        began = time.perf_counter()
        action()
        times.append(time.perf_counter() - began)
    return statistics.median(times)
