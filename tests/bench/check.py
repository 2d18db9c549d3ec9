"""`parity check` of the shop's definitions, uncached and with nothing changed, beside its budget: a bare
Typer app, and one `docker compose config` per Compose definition."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from startup import BARE
from timing import Row, as_installed, pair, seconds

from parity import compose_cli

ROOT = Path(__file__).parents[2]
TOML = """
[environments.dev]
files = ["shop/compose.yaml", "dev.yaml"]
env-files = ["shop/prod.env"]

[environments.prod]
files = ["shop/compose.yaml"]
env-files = ["shop/prod.env"]

[secrets]
DB_PASSWORD = {}

[check]
compare = ["dev", "prod"]
"""
DEV = 'services:\n  web:\n    environment: {TZ: UTC, WORKERS: "1 "}\n'


def repository(folder: Path) -> None:
    """A commit of the project, and a file beside it that is not in it."""
    name = ["-c", "user.name=bench", "-c", "user.email=bench@example.org"]
    for arguments in (["init", "--quiet"], ["add", "--all"], [*name, "commit", "-qm", "x"]):
        subprocess.run(["git", *arguments], cwd=folder, check=True)
    (folder / "work").write_text("not committed")


def measure(runs: int) -> list[Row]:
    """Both kinds of check."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "compose" / "shop", folder / "shop")
        (folder / "parity.toml").write_text(TOML)
        (folder / "dev.yaml").write_text(DEV)
        (folder / "bare.py").write_text(BARE)
        env = as_installed(folder) | {"DB_PASSWORD": "not a real one"}

        def check(*options: str) -> float:
            command = [sys.executable, "-m", "parity", "check", *options]
            return seconds(command, cwd=folder, env=env, ok=(0, 1))

        repository(folder)

        def push() -> float:
            """The hook, beside work that is not committed: it looks at a copy of the commit."""
            command = ["sh", "-c", 'exec "$0" -m parity hook run < /dev/null', sys.executable]
            return seconds(command, cwd=folder, env=env, ok=(0, 1))

        def bare() -> float:
            return seconds([sys.executable, "bare.py", "--help"], cwd=folder, env=env)

        def read(*files: str) -> float:
            arguments = [part for file in files for part in ("--file", file)]
            command = [
                compose_cli.executable(),
                *arguments,
                "--env-file",
                "shop/prod.env",
                "config",
            ]
            return seconds([*command, "--quiet"], cwd=folder, env=compose_cli.environment(env))

        def both() -> float:
            return bare() + read("shop/compose.yaml", "dev.yaml") + read("shop/compose.yaml")

        return [
            Row("parity check, nothing changed", *pair(runs, check, bare), "bare Typer --help"),
            Row(
                "the hook, no definition changed",
                *pair(runs, push, bare),
                "bare Typer --help",
            ),
            Row(
                "parity check, uncached",
                *pair(runs, lambda: check("--no-cache"), both),
                "bare Typer --help + compose config of each side",
            ),
        ]
