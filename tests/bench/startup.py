"""Start-up of the command line beside a bare Typer app with two commands."""

import sys
import tempfile
from pathlib import Path

from timing import Row, as_installed, pair, seconds

BARE = """
import typer
app = typer.Typer()
@app.command()
def one(): "First."
@app.command()
def two(): "Second."
app()
"""


def measure(runs: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        here, env = Path(folder), as_installed(Path(folder))

        def parity(*arguments: str) -> float:
            return seconds([sys.executable, "-m", "parity", *arguments], cwd=here, env=env)

        def typer(*arguments: str) -> float:
            return seconds([sys.executable, str(bare), *arguments], cwd=here, env=env)

        return [
            Row(
                "parity --help",
                *pair(runs, lambda: parity("--help"), lambda: typer("--help")),
                "bare Typer --help",
            ),
            Row(
                "parity --version",
                *pair(runs, lambda: parity("--version"), lambda: typer("one")),
                "bare Typer command",
            ),
        ]
