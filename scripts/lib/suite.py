"""Everything the tests need, then every check and every test, then a summary."""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from scripts.lib import browser, demo
from scripts.lib.errors import UNREACHABLE
from scripts.lib.paths import ROOT, venv_dir
from scripts.lib.progress import Progress

TESTS_FAILED = 1
NOTHING_COLLECTED = 5
WITHOUT_ENGINE = ("tests/unit", "tests/browser")
PARALLEL = ("-n", "2", "--dist", "loadgroup")
ALONE_AT_MOST = 5
"""What an engine under full load does once in a while happens to a few tests, not to many."""


@dataclass(frozen=True)
class Stage:
    """One command of the run, and what to do when it fails."""

    name: str
    command: tuple[str, ...]
    next_step: str
    tests: str = ""
    # Exit code 3 (what it needs is out of reach) is reported, but fails nothing.
    may_be_out_of_reach: bool = False
    # Tests that fail beside others are tried a second time, alone.
    alone: tuple[str, ...] = ()


@dataclass(frozen=True)
class Result:
    """How a stage ended."""

    stage: Stage
    exit_code: int
    seconds: float
    # Tests that failed at first and passed alone.
    second_try: tuple[str, ...] = ()

    @property
    def unproved(self) -> bool:
        """Neither passed nor failed: what the stage needs was out of reach."""
        return self.exit_code == UNREACHABLE and self.stage.may_be_out_of_reach

    @property
    def word(self) -> str:
        """The outcome as the summary prints it."""
        if self.unproved:
            return "not checked"
        return f"failed ({self.exit_code})" if self.exit_code else "ok"


def parser() -> argparse.ArgumentParser:
    """The options; what is not listed goes to pytest."""
    options = argparse.ArgumentParser(
        prog="scripts/test",
        usage="scripts/test [--fast] [pytest arguments]",
        description="Prepares the machine (as scripts/demo does), then runs scripts/check, the "
        "unit tests, the browser's, the tests that need an engine and the reference stack's own tests. "
        "Arguments go to pytest; paths select the stages they belong to.",
        epilog="Exit code: that of the first stage that failed; 3 when preparing failed.",
        allow_abbrev=False,
    )
    options.add_argument("--fast", action="store_true", help="checks and unit tests, no engine")
    return options


def split_paths(arguments: Sequence[str], root: Path) -> tuple[list[str], list[str]]:
    """Test paths relative to the repository's top, and everything else."""
    paths, others = [], []
    for argument in arguments:
        file = Path(argument.split("::", 1)[0])
        inside = (Path.cwd() / file).resolve()
        if argument.startswith("-") or not inside.exists() or not inside.is_relative_to(root):
            others.append(argument)
        else:
            paths.append(str(inside.relative_to(root)) + argument[len(str(file)) :])
    return paths, others


def under(paths: Sequence[str], folder: str) -> list[str]:
    """Those of the paths that lie in the folder."""
    return [path for path in paths if path == folder or path.startswith(f"{folder}/")]


def stages(
    arguments: Sequence[str], *, fast: bool, env: Mapping[str, str], root: Path = ROOT
) -> list[Stage]:
    """What to run, in order."""
    paths, others = split_paths(arguments, root)
    found: list[Stage] = []
    if not paths:
        found.append(
            Stage("check", (str(root / "scripts" / "check"),), "each check above names its remedy")
        )
    for name, folder, module, options in (
        ("unit tests", "tests/unit", "pytest", PARALLEL),
        ("browser tests", "tests/browser", "pytest", ()),
        ("engine tests", "tests/engine", "pytest", ("-m", "engine", *PARALLEL)),
        ("shop tests", "stacks/shop/tests", "scripts.lib.shop_tests", ()),
        ("integration", "stacks/shop/integration", "scripts.lib.shop_integration", ()),
    ):
        slow = folder != "tests/unit"
        chosen = under(paths, folder) if paths else [folder]
        if not chosen or not (root / folder).is_dir() or (fast and slow):
            continue
        start = (str(venv_dir() / "bin" / "python"), "-m", module)
        again = " ".join(["scripts/test", *(["--fast"] if fast else []), chosen[0], "-x"])
        # Who names tests wants to see them fail.
        alone = (*start, "-m", "engine", "--lf") if folder == "tests/engine" and not paths else ()
        command = (*start, *options, *others, *chosen)
        found.append(Stage(name, command, again, tests=folder, alone=alone))
    if not fast and not paths and wants_devcontainer(env):
        found.append(
            Stage(
                "dev container",
                (str(root / "scripts" / "devcontainer_check"),),
                "scripts/devcontainer_check shows the same by itself",
                may_be_out_of_reach=env.get("PARITY_TEST_DEVCONTAINER") != "1",
            )
        )
    return found


def wants_devcontainer(env: Mapping[str, str]) -> bool:
    """Only where it can run at all, and only in CI or when asked for."""
    asked = env.get("PARITY_TEST_DEVCONTAINER") == "1" or env.get("CI") == "true"
    return asked and shutil.which("npm", path=env.get("PATH")) is not None


def run(stage: Stage, *, selective: bool) -> Result:
    """Run a stage from the top of the repository, its output as it comes."""
    sys.stderr.write(f"\n== {stage.name}\n")
    sys.stderr.flush()
    started = time.monotonic()
    second_try: tuple[str, ...] = ()
    if stage.alone:
        with tempfile.TemporaryDirectory() as cache:
            code, second_try = _with_second_try(stage, Path(cache))
    else:
        code = _call(stage.command)
    if code == NOTHING_COLLECTED and selective and stage.tests:
        code = 0
    return Result(stage, code, time.monotonic() - started, second_try)


def _call(command: Sequence[str]) -> int:
    env = {**os.environ, "PATH": f"{venv_dir() / 'bin'}:{os.environ['PATH']}"}
    return subprocess.run(
        command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, check=False
    ).returncode


def _with_second_try(stage: Stage, cache: Path) -> tuple[int, tuple[str, ...]]:
    """Exit code of a stage's tests, and which of them passed only alone."""
    kept = ("-o", f"cache_dir={cache}")
    code = _call((*stage.command, *kept))
    failed = _failed(cache) if code == TESTS_FAILED else ()
    if not 0 < len(failed) <= ALONE_AT_MOST:
        return code, ()
    sys.stderr.write(f"\n== {stage.name}: {len(failed)} that failed, once more and alone\n")
    sys.stderr.flush()
    code = _call((*stage.alone, *kept, stage.tests))
    return code, tuple(test for test in failed if test not in _failed(cache))


def _failed(cache: Path) -> tuple[str, ...]:
    """The tests that pytest's cache holds as failed."""
    try:
        return tuple(json.loads((cache / "v/cache/lastfailed").read_text(encoding="utf-8")))
    except FileNotFoundError:
        return ()


def summary(results: Sequence[Result]) -> str:
    """The closing lines: a stage each, and for what failed what to do."""
    lines = ["", "== summary"]
    for result in results:
        lines.append(f"{result.stage.name:14} {result.word:12} {result.seconds:6.1f} s")
        lines += [f"    passed at the second try only: {test}" for test in result.second_try]
        if result.exit_code:
            lines.append(f"    Next: {result.stage.next_step}")
    return "\n".join(lines) + "\n"


def first_failure(results: Sequence[Result]) -> int:
    """The run's exit code."""
    codes = (result.exit_code for result in results if not result.unproved)
    return next((code for code in codes if code), 0)


def _prepare_browser(progress: Progress) -> None:
    with progress.step("browser", "looking for Chromium") as step:
        browser.ensure(step)


def main() -> int:
    """Run by scripts/test."""
    options, arguments = parser().parse_known_args()
    chosen = stages(arguments, fast=options.fast, env=os.environ)
    progress = Progress(plain=False)
    if any(stage.tests == "tests/browser" for stage in chosen):
        code = demo.guarded("scripts/test", lambda: _prepare_browser(progress))
        if code:
            return code
    if any(stage.tests not in WITHOUT_ENGINE and stage.name != "check" for stage in chosen):
        code = demo.guarded("scripts/test", lambda: demo.prepare(progress, demo.PREPARATION))
        if code:
            return code
    try:
        results = [run(stage, selective=bool(arguments)) for stage in chosen]
    except KeyboardInterrupt:
        return 130
    sys.stdout.write(summary(results))
    return first_failure(results)


if __name__ == "__main__":
    demo.leave(main())
