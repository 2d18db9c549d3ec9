"""The reference stack's own tests, against a second stack that is made for them and removed."""

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


def run(arguments: Sequence[str]) -> int:
    """Run pytest with these arguments while the second stack is up."""
    progress = Progress(plain=False)
    # The tests place orders and never take them back: not in anybody's demo.
    stack = Stack(NAME)
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
