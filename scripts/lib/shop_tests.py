"""The reference stack's own tests, against stacks that are made for them and removed.

Production exists in several notations; the tests pass on what each of them runs.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from scripts.lib import demo, registry
from scripts.lib.paths import ROOT, venv_dir
from scripts.lib.progress import Progress
from scripts.lib.stack import Stack, answering

NAME = "shop-tests"
ENVIRONMENTS = ("prod", "kubernetes", "ecs")


def run(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments on one stack after the other; the first failure's exit code."""
    codes = [run_on(environment, arguments) for environment in environments(registry.port())]
    return next((code for code in codes if code), 0)


def environments(port: int) -> tuple[str, ...]:
    """What can run here: the other notations know the registry by its usual port alone."""
    return ENVIRONMENTS if port == registry.DEFAULT_PORT else ENVIRONMENTS[:1]


def run_on(environment: str, arguments: Sequence[str]) -> int:
    """Run pytest with these arguments while a stack of that environment is up."""
    progress = Progress(plain=False)
    progress.note(f"the shop as its environment `{environment}` defines it")
    # The tests place orders and never take them back: not in anybody's demo.
    stack = Stack(f"{NAME}-{environment}", environment)
    os.environ.setdefault("REGISTRY", f"127.0.0.1:{registry.port()}")
    try:
        stack.up(progress)
        address, _ = answering(stack.addresses())
        os.environ["SHOP_URL"] = address.url
        if address.authority:
            os.environ["SHOP_CA"] = str(address.authority)
        pytest = [str(venv_dir() / "bin" / "python"), "-m", "pytest", *arguments]
        return subprocess.run(pytest, cwd=ROOT, stdin=subprocess.DEVNULL, check=False).returncode
    finally:
        stack.down(progress, volumes=True)


def main() -> int:
    """Run by scripts/test; pytest's exit code, or that of what kept the stack from coming up."""
    codes: list[int] = []
    failed = demo.guarded("scripts/test", lambda: codes.append(run(sys.argv[1:])))
    return failed or codes[0]


if __name__ == "__main__":
    sys.exit(main())
