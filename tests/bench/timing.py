"""Time whole commands in turn, A B A B, so that a machine that slows down slows both."""

import os
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """Medians in seconds of parity and of what it stands beside."""

    what: str
    parity: float
    instead: float
    reference: str


def seconds(
    argv: Sequence[str], *, cwd: Path, env: dict[str, str], ok: Sequence[int] = (0,)
) -> float:
    """Wall-clock seconds of one run; raises when the command does not do its work."""
    start = time.perf_counter()
    done = subprocess.run(argv, cwd=cwd, env=env, capture_output=True, text=True)
    taken = time.perf_counter() - start
    if done.returncode not in ok:
        raise SystemExit(
            f"{' '.join(argv)} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}"
        )
    return taken


def pair(runs: int, mine: Callable[[], float], other: Callable[[], float]) -> tuple[float, float]:
    """Medians of two timed actions, run in turn after one warm-up each."""
    mine(), other()
    times = [(mine(), other()) for _ in range(runs)]
    return statistics.median(t[0] for t in times), statistics.median(t[1] for t in times)


def as_installed(folder: Path) -> dict[str, str]:
    """The environment, in which Python finds modules compiled, as it does those of an installed package."""
    env = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return env
