"""The reference stack's integration tests, each on a fork that begins from a declared start state."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from scripts.lib import demo, registry
from scripts.lib.paths import ROOT, SHOP
from scripts.lib.progress import Progress
from scripts.lib.stack import Stack

NAME = "shop-integration"
WORKERS = "2"
FAILED = 1
"""Exit code of a run in which tests failed."""


def run(arguments: Sequence[str]) -> int:
    """Run `parity test` with these arguments for pytest; its exit code."""
    progress = Progress(plain=False)
    # Forks are made like a stack; not like anybody's demo, which may have been changed.
    stack = Stack(NAME)
    os.environ.setdefault("REGISTRY", f"127.0.0.1:{registry.port()}")
    words = ("test", "-n", WORKERS, "--", *(inside(argument) for argument in arguments))
    progress.note(stack.shown(*words))
    try:
        code = _run(stack.command(*words))
        if code == FAILED:
            progress.note(
                "those that failed once more, which is told and not hidden: --last-failed"
            )
            code = _run(stack.command(*words, "--last-failed"))
        return code
    finally:
        # The start states stay: the next run begins from them unless their inputs change.
        stack.down(progress, volumes=True)


def _run(command: Sequence[str]) -> int:
    return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode


def inside(argument: str) -> str:
    """An argument for pytest, which runs in the project's folder; paths here are from the top."""
    return argument.removeprefix(f"{SHOP.relative_to(ROOT)}/")


def main() -> int:
    """Run by scripts/test; the exit code of `parity test`, or of what kept it from running."""
    codes: list[int] = []
    failed = demo.guarded("scripts/test", lambda: codes.append(run(sys.argv[1:])))
    return failed or codes[0]


if __name__ == "__main__":
    sys.exit(main())
