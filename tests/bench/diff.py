"""Comparing large environments in memory: 200 settings a service, both sides, secrets and rules included."""

import json
import tempfile
import time
from pathlib import Path
from typing import Any

from timing import Row, pair, seconds

from parity import compose_cli

SERVICES = (100, 300, 1000)
SETTINGS = 200


def document(services: int, *, production: bool) -> dict[str, Any]:
    """Services of 200 settings, of which a few in a hundred differ between the sides."""
    made = {f"svc{i}": _service(i, production=production) for i in range(services)}
    return {"services": made, "volumes": {"data": {}}, "networks": {"default": {}}}


def _service(number: int, *, production: bool) -> dict[str, Any]:
    side = "prod" if production else "dev"
    environment = {f"VALUE_{j}": f"value-{j}-{number % 7}" for j in range(150)}
    environment |= {f"SIZE_{j}": f"{j}Mi" for j in range(10)}
    environment |= {f"SERVICE_{j}_URL": f"http://svc{j}.internal/v1" for j in range(6)}
    environment |= {f"PUBLIC_{j}_URL": f"https://www{j}.{side}.example" for j in range(2)}
    environment |= {f"HOST_{j}": f"h{j}.{side if j == 0 else 'any'}.example" for j in range(4)}
    environment["DB_PASSWORD"] = f"{side}-{number}-correct-horse-battery"
    environment["DATABASE_URL"] = f"postgres://app:s3cret-{side}-{number}@db.{side}.example/app"
    if production and number % 10 == 0:
        environment["VALUE_3"] = "another value"
    return {
        "image": f"registry.example/app{number}:1.2.3",
        "command": ["serve", "--port", "8080"],
        "environment": environment,
        "ports": [{"target": 80, "published": "80", "protocol": "tcp", "mode": "ingress"}],
        "volumes": [{"type": "volume", "source": "data", "target": "/data"}],
        "deploy": {"replicas": 2, "resources": {"limits": {"memory": "268435456", "cpus": 0.5}}},
        "healthcheck": {"test": ["CMD", "check"], "interval": "10s", "timeout": "3s", "retries": 3},
        "ulimits": {"nofile": {"soft": 1024, "hard": 4096}},
        "networks": {"default": None},
        "cap_drop": ["ALL"],
        "read_only": True,
        "restart": "unless-stopped",
        "user": "1000:1000",
    }


def measure(runs: int) -> list[Row]:
    """A row a size, beside what one does by hand on files: `docker compose config` twice, and diff."""
    return [_row(count, runs) for count in SERVICES]


def _row(count: int, runs: int) -> Row:
    from parity.actions.diff import judge
    from parity.actions.diff_request import DiffRequest
    from parity.model.environment import Environment
    from parity.model.project import Project
    from parity.paths import ProjectPaths

    left = Environment("dev", "compose", (), document(count, production=False))
    right = Environment("prod", "compose", (), document(count, production=True))

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def judged() -> float:
            start = time.perf_counter()
            request = DiffRequest(left.name, right.name)
            report = judge(ProjectPaths(folder), Project(), request, left, right)
            took = time.perf_counter() - start
            if report.compared < 2 * count * SETTINGS * 0.9 or not report.findings:
                raise SystemExit(f"{report.compared} settings of {count} services were compared")
            return took

        for side in (left, right):
            (folder / f"{side.name}.json").write_text(json.dumps(side.document))
        return Row(
            f"diff of {count} services x {SETTINGS} settings",
            *pair(runs, judged, lambda: _by_hand(folder)),
            "compose config of both sides, and diff",
        )


def _by_hand(folder: Path) -> float:
    env = compose_cli.environment()
    took = 0.0
    for name in ("dev", "prod"):
        out = str(folder / f"{name}.out")
        command = [compose_cli.executable(), "-f", f"{name}.json", "config", "--output", out]
        took += seconds(command, cwd=folder, env=env)
    return took + seconds(["diff", "-u", "dev.out", "prod.out"], cwd=folder, env=env, ok=(0, 1))
