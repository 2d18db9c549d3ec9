"""`parity up` beside `docker compose up --wait`, on the shop: cold, and with nothing to do.

Compose gets the very document that parity runs, so images, limits and checks are the same.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

from timing import Row, pair, seconds

from parity import compose_cli

SHOP = Path(__file__).parents[2] / "stacks" / "shop"
COLD_RUNS = 3


def measure(runs: int) -> list[Row]:
    env = {**os.environ, "PARITY_STACK": f"shop-bench-{os.getpid()}"}
    parity = [sys.executable, "-m", "parity"]
    subprocess.run([*parity, "lock"], cwd=SHOP, env=env, check=True, capture_output=True)
    name = json.loads(subprocess.run([*parity, "up", "--dry-run", "--json"], cwd=SHOP, env=env, check=True,
                                     capture_output=True, text=True).stdout)["stack"]  # fmt: skip
    document = SHOP / ".parity" / name / "compose.yaml"
    compose = [
        compose_cli.executable(),
        "--file",
        str(document),
        "--project-name",
        name,
        "up",
        "--detach",
        "--wait",
    ]

    def gone() -> None:
        subprocess.run(
            [*parity, "down", "--volumes"], cwd=SHOP, env=env, check=True, capture_output=True
        )

    def mine() -> float:
        return seconds([*parity, "up"], cwd=SHOP, env=env)

    def other() -> float:
        # 1: `--wait` counts a job that has ended well as a failure on some versions.
        return seconds(compose, cwd=SHOP, env=env, ok=(0, 1))

    def cold(action):
        def run() -> float:
            gone()
            return action()

        return run

    try:
        cold_times = pair(min(runs, COLD_RUNS), cold(mine), cold(other))
        mine()
        idle_times = pair(runs, mine, other)
    finally:
        gone()
    return [
        Row("parity up, cold (images there, no volumes)", *cold_times, "docker compose up --wait"),
        Row("parity up, nothing to do", *idle_times, "docker compose up --wait"),
    ]
