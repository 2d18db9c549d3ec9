"""The static checks, in parallel: one line a check, detail only for what failed."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from scripts.lib.paths import ROOT, venv_dir

DETAIL_LINES = 40


@dataclass(frozen=True)
class Check:
    """A command that is silent-worthy when it succeeds, and what helps when it does not."""

    name: str
    command: tuple[str, ...]
    next_step: str


@dataclass(frozen=True)
class Outcome:
    """How one check ended."""

    check: Check
    exit_code: int
    output: str
    seconds: float


def checks(root: Path = ROOT) -> list[Check]:
    """What CI checks; the slowest first, so that the others run beside it."""
    tools = venv_dir() / "bin"
    all_checks = [
        Check(
            "mypy",
            (str(tools / "mypy"), "--strict", "parity", "scripts"),
            "mend the types named above",
        ),
        Check(
            "lint-imports",
            (str(tools / "lint-imports"), "--no-cache"),
            "imports point down only: docs and pyproject.toml name the layers",
        ),
        Check(
            "ruff check",
            (str(tools / "ruff"), "check", "--output-format", "concise", "."),
            "ruff check --fix .",
        ),
        Check(
            "ruff format",
            (str(tools / "ruff"), "format", "--check", "--output-format", "concise", "."),
            "ruff format .",
        ),
    ]
    if (root / "scripts" / "gen_docs").exists():
        all_checks.append(
            Check(
                "gen_docs",
                (str(root / "scripts" / "gen_docs"), "--check"),
                "run scripts/gen_docs and commit what it wrote",
            )
        )
    return all_checks


def run(check: Check) -> Outcome:
    """Run one check from the top of the repository."""
    started = time.monotonic()
    env = {**os.environ, "NO_COLOR": "1", "PATH": f"{venv_dir() / 'bin'}:{os.environ['PATH']}"}
    try:
        done = subprocess.run(
            check.command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    except OSError as error:
        return Outcome(check, 3, str(error), time.monotonic() - started)
    return Outcome(check, done.returncode, done.stdout, time.monotonic() - started)


def render(outcome: Outcome) -> str:
    """The line of a check, and below it what it found."""
    word = "ok" if outcome.exit_code == 0 else f"failed ({outcome.exit_code})"
    line = f"{outcome.check.name:14} {word:12} {outcome.seconds:5.1f} s\n"
    if outcome.exit_code == 0:
        return line
    found = outcome.output.splitlines()
    detail = "".join(f"    {text}\n" for text in found[-DETAIL_LINES:])
    if len(found) > DETAIL_LINES:
        command = " ".join([Path(outcome.check.command[0]).name, *outcome.check.command[1:]])
        detail = f"    (the last {DETAIL_LINES} of {len(found)} lines; all: {command})\n{detail}"
    return f"{line}{detail}    Next: {outcome.check.next_step}\n"


def main(arguments: Sequence[str]) -> int:
    """Run by scripts/check; 1 when a check failed."""
    if arguments:
        sys.stderr.write("usage: scripts/check   (no arguments)\n")
        return 0 if set(arguments) <= {"-h", "--help"} else 2
    failed = 0
    with ThreadPoolExecutor(min(2, os.cpu_count() or 1)) as pool:
        for outcome in pool.map(run, checks()):
            sys.stdout.write(render(outcome))
            sys.stdout.flush()
            failed += outcome.exit_code != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
