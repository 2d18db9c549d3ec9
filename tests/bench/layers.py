"""Comparing what runs, in every layer: the shop with itself, first and again, and a hundred services.

By hand one would list the packages of each image and the variables of each container, and ask the
database for its settings and tables: with the docker CLI, for one side only.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from timing import Row, pair, seconds

SHOP = Path(__file__).parents[2] / "stacks" / "shop"
SERVICES = 100
_PACKAGES = "dpkg-query --show || apk list --installed"
_ASK = "psql --username shop --command 'show all' --command '\\d *'"


def measure(runs: int) -> list[Row]:
    """Three rows; the shop is brought up for them and taken down again."""
    env = {**os.environ, "PARITY_STACK": f"shop-layers-{os.getpid()}"}
    parity = [sys.executable, "-m", "parity"]
    with tempfile.TemporaryDirectory() as folder:
        env["XDG_CACHE_HOME"] = folder
        subprocess.run([*parity, "lock"], cwd=SHOP, env=env, check=True, capture_output=True)
        subprocess.run([*parity, "up"], cwd=SHOP, env=env, check=True, capture_output=True)
        try:
            return _rows(runs, parity, env, Path(folder))
        finally:
            subprocess.run([*parity, "down", "--volumes"], cwd=SHOP, env=env, check=True,
                           capture_output=True)  # fmt: skip


def _rows(runs: int, parity: list[str], env: dict[str, str], cache: Path) -> list[Row]:
    here = f"docker:dev.parity.stack={env['PARITY_STACK']}"
    compare = [*parity, "diff", "local", here, "--layers", "all", "--json", "--fail-on", "never"]

    def again() -> float:
        return seconds(compare, cwd=SHOP, env=env)

    def first() -> float:
        for file in (cache / "parity" / "images").glob("*"):
            file.unlink()
        return again()

    def by_hand() -> float:
        return _by_hand(env)

    reference = "docker run and exec for each image and container, one side"
    judged, sorted_by_hand = _hundred(here)
    return [
        Row("diff --layers all of the shop, first", *pair(runs, first, by_hand), reference),
        Row("diff --layers all of the shop, again", *pair(runs, again, by_hand), reference),
        Row(
            f"judging {SERVICES} services, all layers read",
            *pair(runs, judged, sorted_by_hand),
            "sorting both sides as JSON, and diff",
        ),
    ]


def _by_hand(env: dict[str, str]) -> float:
    label = f"label=dev.parity.stack={env['PARITY_STACK']}"
    running = _lines(["docker", "ps", "--filter", label, "--format", "{{.Names}}"], env)
    running = [name for name in running if "gateway" not in name]
    images = _lines(["docker", "inspect", "--format", "{{.Image}}", *running], env)
    took = 0.0
    for image in sorted(set(images)):
        took += seconds(["docker", "run", "--rm", "--entrypoint", "sh", image, "-c", _PACKAGES],
                        cwd=SHOP, env=env, ok=(0, 1, 127))  # fmt: skip
    for name in running:
        took += seconds(["docker", "exec", name, "env"], cwd=SHOP, env=env)
    database = next(name for name in running if "-db-" in name)
    return took + seconds(["docker", "exec", database, "sh", "-c", _ASK], cwd=SHOP, env=env)


def _lines(argv: list[str], env: dict[str, str]) -> list[str]:
    return subprocess.run(argv, env=env, check=True, capture_output=True, text=True).stdout.split()


def _hundred(here: str) -> tuple[Callable[[], float], Callable[[], float]]:
    """The shop's services so often that there are a hundred, a few of them otherwise."""
    from parity.actions.diff import judge
    from parity.actions.diff_request import DiffRequest
    from parity.actions.environments import read_for_comparison
    from parity.actions.layers import with_layers
    from parity.model.progress import silent
    from parity.model.project import Project
    from parity.model.setting import Layer
    from parity.paths import ProjectPaths

    paths, project = ProjectPaths(SHOP), Project()
    read = read_for_comparison(paths, project, here).result()
    whole = with_layers(read, set(Layer), silent, base=project.local.gateway_base)
    names = [name for name in whole.services if name != "parity-gateway"]
    services = {
        f"{names[n % len(names)]}-{n}": whole.services[names[n % len(names)]]
        for n in range(SERVICES)
    }
    left = replace(whole, document={"services": services})
    changed = json.loads(json.dumps(services))
    for name in list(changed)[::10]:
        changed[name].setdefault("environment", {})["PLANTED"] = "1"
    right = replace(whole, name="other", document={"services": changed})
    request = DiffRequest(left.name, right.name, read=frozenset(Layer))

    def judged() -> float:
        start = time.perf_counter()
        report = judge(paths, project, request, left, right)
        if not report.findings:
            raise SystemExit("nothing was found")
        return time.perf_counter() - start

    def sorted_by_hand() -> float:
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            for name, document in (("a", services), ("b", changed)):
                text = json.dumps(document, indent=1, sort_keys=True)
                (Path(folder) / name).write_text(text)
            seconds(["diff", "-u", "a", "b"], cwd=Path(folder), env=dict(os.environ), ok=(0, 1))
            return time.perf_counter() - start

    return judged, sorted_by_hand
