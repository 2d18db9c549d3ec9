"""A Postgres of some size: begin again by parity's start states, and in the ways that people use today.

PARITY_BENCH_SIZES names the sizes in GiB ("0.1,1"; "0.1,1,10" takes 30 minutes and 100 GB of disk, 50
GB with PARITY_BENCH_BACKENDS=reflink, for a pool is as large as it ever was).
Each time is from "give me the data again" to the answer of a query on the big table. What loads a
dump is left out above 2 GiB: it takes minutes, and grows as the data does.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from timing import Row

IMAGE = f"{os.environ.get('REGISTRY', '127.0.0.1:5055')}/shop/postgres:15.18-1"
SIZES = tuple(float(s) for s in os.environ.get("PARITY_BENCH_SIZES", "0.1,1").split(","))
BACKENDS = tuple(os.environ.get("PARITY_BENCH_BACKENDS", "reflink,overlay,copy").split(","))
DATA = "/var/lib/postgresql/data"
LARGEST_LOAD = 2.0
_ROW_BYTES = 1000
_COMPOSE = f"""
services:
  db:
    image: {IMAGE}
    environment: {{POSTGRES_USER: shop, POSTGRES_DB: shop, POSTGRES_PASSWORD_FILE: /run/secrets/password}}
    command: [postgres, -c, max_wal_size=2GB]
    secrets: [password]
    shm_size: 256m
    volumes: ["data:{DATA}"]
    healthcheck: {{test: [CMD, healthcheck.sh], interval: 30s}}
secrets: {{password: {{file: /nowhere}}}}
volumes: {{data: {{}}}}
"""
_PROJECT = """
[project]
name = "bench-data"
[environments.prod]
files = ["compose.yaml"]
[secrets]
password = { length = 20 }
[state]
backend = "%s"
"""


@dataclass
class Bench:
    """A stack with one database, and the engine below it."""

    client: Any
    session: Any
    folder: Path
    gib: float

    @property
    def container(self) -> Any:
        """The stack's database."""
        stack = self.session.identity.name
        return self.client.containers.list(filters={"label": [f"dev.parity.stack={stack}", "dev.parity.service=db"]})[0]  # fmt: skip


def measure(runs: int) -> list[Row]:
    """A row for each size, backend and other way."""
    rows = []
    for gib in SIZES:
        rows += _of_size(gib, runs)
    return rows


def _of_size(gib: float, runs: int) -> list[Row]:
    from parity.engine.client import connect

    with tempfile.TemporaryDirectory(prefix="parity-bench-") as folder:
        bench = Bench(connect(timeout=3600), None, Path(folder), gib)
        (bench.folder / "compose.yaml").write_text(_COMPOSE)
        try:
            _open(bench, "auto")
            _fill(bench)
            others = _others(bench, runs)
            told = "; ".join(f"{way} {seconds:.2f} s" for way, seconds in others.items())
            print(f"{gib:g} GiB: {told}")
            rows = []
            for backend in BACKENDS:
                rows += _backend(bench, backend, others, runs)
            return rows
        finally:
            _away(bench)


def _open(bench: Bench, backend: str) -> None:
    from parity.actions.request import UpRequest
    from parity.actions.session import open_session
    from parity.actions.up import up
    from parity.config import load
    from parity.model.progress import silent

    (bench.folder / "parity.toml").write_text(_PROJECT % backend)
    paths = load.locate(bench.folder)
    bench.session = open_session(paths, load.load(paths))
    up(bench.session, UpRequest(), silent)


def _fill(bench: Bench) -> None:
    rows = int(bench.gib * 1024**3 / _ROW_BYTES)
    _sql(bench.container, f"create table t as select g as id, md5(g::text) as h, repeat('x', 900) as v from generate_series(1, {rows}) g")  # fmt: skip
    _sql(bench.container, "alter table t add primary key (id)")
    _sql(bench.container, "vacuum (freeze) t")
    _sql(bench.container, "checkpoint")


def _backend(bench: Bench, backend: str, others: dict[str, float], runs: int) -> list[Row]:
    from parity.actions.fork import find, fork, release, reset_fork
    from parity.actions.reset import reset
    from parity.actions.save import save
    from parity.errors import ParityError
    from parity.model.progress import silent
    from parity.state.leases import mine

    try:
        _open(bench, backend)
        # The first seal copies the data into the store; from a reset on it is there already.
        first = _timed(lambda: save(bench.session, "bench", silent, replace=True))
    except ParityError as error:
        print(f"{backend}: not on this engine: {error}")
        return []
    session, times = bench.session, {}
    reset(session, "bench", silent)
    times["save again"] = _timed(lambda: save(session, "again", silent, replace=True))
    times["reset"] = _median(runs, lambda: (reset(session, "bench", silent), _ask(bench.container)))

    def one() -> None:
        made = fork(session, name="one", state="bench", lease=mine(), progress=silent)[0]
        _ask(_of(bench.client, made.stack))

    def again() -> None:
        _ask(_of(bench.client, reset_fork(session, find(session, "one"), progress=silent).stack))

    def away() -> None:
        release(session, ["one"], silent)

    times["fork"] = _median(runs, one, before=away)
    times["reset of a fork"] = _median(runs, again)
    away()
    label = f"{bench.gib:g} GiB, {backend}"
    print(f"{label}: first save {first:.1f} s; " + "; ".join(f"{k} {v:.2f} s" for k, v in times.items()))  # fmt: skip
    return [
        Row(f"{label}: {what}, first query answered", times[what], seconds, way)
        for what in ("reset", "fork", "reset of a fork")
        for way, seconds in others.items()
    ]


def _others(bench: Bench, runs: int) -> dict[str, float]:
    """Seconds of the other ways, from the same data."""
    db = bench.container
    found: dict[str, float] = {}

    def template() -> None:
        _sql(db, "drop database if exists copy", database="postgres")
        _sql(db, "create database copy template shop strategy file_copy", database="postgres")
        _ask(db, "copy")

    found["create database … template"] = _median(min(runs, 3), template)
    _sql(db, "drop database if exists copy", database="postgres")
    found["copy of the volume"] = _median(min(runs, 3), lambda: _volume_copy(bench))
    if bench.gib <= LARGEST_LOAD:
        _run(
            db, "pg_dump", "-U", "postgres", "-d", "shop", "-Fc", "-Z1", "-f", f"{DATA}/../dump.fc"
        )
        _run(db, "pg_dump", "-U", "postgres", "-d", "shop", "-f", f"{DATA}/../dump.sql")

        def restore() -> None:
            _sql(db, "drop database if exists copy", database="postgres")
            _sql(db, "create database copy", database="postgres")
            _run(db, "pg_restore", "-U", "postgres", "-d", "copy", "-j2", f"{DATA}/../dump.fc")
            _ask(db, "copy")

        found["pg_restore -j2"] = _median(min(runs, 2), restore)
        _sql(db, "drop database if exists copy", database="postgres")
        dump = bench.folder / "dump.sql"
        with dump.open("wb") as file:
            subprocess.run(["docker", "exec", db.name, "cat", f"{DATA}/../dump.sql"], stdout=file, check=True)  # fmt: skip
        found["down -v, up, load the dump"] = _median(1, lambda: _anew(bench, dump))
        found["testcontainers, load the dump"] = _median(1, lambda: _testcontainers(bench, dump))
        _run(db, "sh", "-c", f"rm -f {DATA}/../dump.*")
    return found


def _volume_copy(bench: Bench) -> None:
    """What scripts do: stop, copy the volume, start on the copy."""
    db = bench.container
    name = f"bench-copy-{os.getpid()}"
    source = next(m["Name"] for m in db.attrs["Mounts"] if m["Destination"] == DATA)
    db.stop()
    copied: Any = None
    try:
        mounts = {source: {"bind": "/a", "mode": "ro"}, name: {"bind": "/b", "mode": "rw"}}
        bench.client.containers.run(IMAGE, entrypoint=["cp", "-a", "/a/.", "/b"], user="0:0", volumes=mounts, network_mode="none", remove=True)  # fmt: skip
        copied = bench.client.containers.run(IMAGE, entrypoint=db.attrs["Config"]["Entrypoint"], command=db.attrs["Config"]["Cmd"], volumes={name: {"bind": DATA, "mode": "rw"}}, environment={"POSTGRES_USER": "shop", "POSTGRES_DB": "shop", "POSTGRES_PASSWORD": "x"}, network_mode="none", detach=True)  # fmt: skip
        _ask(copied)
    finally:
        if copied is not None:
            copied.remove(force=True, v=True)
        bench.client.volumes.get(name).remove()
        db.start()
        _ask(db)


def _anew(bench: Bench, dump: Path) -> None:
    fresh = bench.client.containers.run(IMAGE, command=["postgres"], environment={"POSTGRES_USER": "shop", "POSTGRES_DB": "shop", "POSTGRES_PASSWORD": "x"}, volumes={str(dump.parent): {"bind": "/dump", "mode": "ro"}}, shm_size="256m", detach=True)  # fmt: skip
    try:
        _load(fresh)
    finally:
        fresh.remove(force=True, v=True)


def _testcontainers(bench: Bench, dump: Path) -> None:
    os.environ["TESTCONTAINERS_RYUK_DISABLED"] = "true"
    from testcontainers.core.container import DockerContainer

    environment = {"POSTGRES_USER": "shop", "POSTGRES_DB": "shop", "POSTGRES_PASSWORD": "x"}
    one = DockerContainer(IMAGE, command="postgres").with_volume_mapping(str(dump.parent), "/dump", "ro").with_exposed_ports(5432)  # fmt: skip
    for name, value in environment.items():
        one = one.with_env(name, value)
    with one as running:
        _load(bench.client.containers.get(running.get_wrapped_container().id))


def _load(container: Any) -> None:
    _until(lambda: _code(container, "psql", "-h", "127.0.0.1", "-U", "shop", "-c", "select 1", env={"PGPASSWORD": "x"}) == 0)  # fmt: skip
    _run(container, "psql", "-q", "-U", "shop", "-d", "shop", "-f", "/dump/dump.sql")
    _ask(container)


def _of(client: Any, stack: str) -> Any:
    return client.containers.list(filters={"label": [f"dev.parity.stack={stack}", "dev.parity.service=db"]})[0]  # fmt: skip


def _ask(container: Any, database: str = "shop") -> None:
    _until(lambda: _code(container, "psql", "-U", "postgres", "-d", database, "-qAtc", "select h from t where id = 7") == 0)  # fmt: skip


def _sql(container: Any, text: str, database: str = "shop") -> None:
    _run(container, "psql", "-U", "postgres", "-d", database, "-qAtc", text)


def _code(container: Any, *command: str, env: dict[str, str] | None = None) -> int:
    return int(container.exec_run(list(command), environment=env or {}).exit_code)


def _run(container: Any, *command: str) -> None:
    done = container.exec_run(list(command))
    if done.exit_code != 0:
        raise SystemExit(f"{command}: {done.output.decode(errors='replace')[-500:]}")


def _until(condition: Callable[[], bool], limit: float = 900) -> None:
    end = time.monotonic() + limit
    while not condition():
        if time.monotonic() > end:
            raise SystemExit("no answer in time")
        time.sleep(0.02)


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _median(
    runs: int, action: Callable[[], object], before: Callable[[], object] = lambda: None
) -> float:
    """Seconds of `action`; each time after `before`, which is not counted."""
    times = []
    for _ in range(max(1, runs)):
        before()
        times.append(_timed(action))
    return statistics.median(times)


def _away(bench: Bench) -> None:
    from parity.actions.down import down
    from parity.model.progress import silent

    if bench.session is not None:
        down(bench.session, silent, volumes=True)
        command = [sys.executable, "-m", "parity", "drop", "bench", "again", "--force"]
        subprocess.run(command, cwd=bench.folder, check=False)
