"""The first minutes with real repositories: `parity init`, then `parity config` and `parity diff`, nothing edited.

Each repository of the corpus is copied aside. No registry is asked: an invented parity.lock answers in its
place, so a digest in these runs is none of the image's. `--page` writes docs/init.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scripts.lib.paths import ROOT

CORPUS = ROOT.parent / "shared" / "corpus" / "pairs"
PAGE = ROOT / "docs" / "init.md"
PARTS = {
    "cookiecutter__cookiecutter-django": ("full_aws", "gcp_gulp", "min_none"),
    "docker__compose": ("pkg/e2e/fixtures/bridge",),
    "kubernetes-sigs__kustomize": ("examples/ldap", "examples/multibases", "examples/springboot"),
}
"""Repositories that hold several projects: each is one of its own."""
LACKING = {
    "stefanprodan/podinfo": (
        "deploy/bases/frontend/scripts/warm-cache.sh",
        "deploy/bases/frontend/scripts/warm-cache-init.sh",
        "deploy/bases/database/scripts/backup.sh",
        "deploy/bases/database/scripts/rollup.sh",
    ),
}
"""Files that a definition takes in and the corpus does not have: blank ones stand for them."""
_SECONDS = 120
_REASON = 200
_SHOWN = "mattermost/docker"


@dataclass(frozen=True)
class Answer:
    """One command: its exit code, what it printed, how long it took."""

    code: int
    out: str
    err: str
    seconds: float

    @property
    def reason(self) -> str:
        """The first line of what it says where it fails."""
        line = next((line for line in self.err.splitlines() if line.startswith("error: ")), "")
        return line.removeprefix("error: ")[:_REASON]


@dataclass(frozen=True)
class Outcome:
    """What a newcomer to one repository sees."""

    name: str
    init: Answer
    config: Answer
    diff: Answer
    written: str

    @property
    def told(self) -> dict[str, Any]:
        """What `parity init --json` says."""
        found: dict[str, Any] = json.loads(self.init.out) if self.init.code == 0 else {}
        return found

    @property
    def works(self) -> bool:
        """Whether all three commands did what they are for."""
        return self.init.code == self.config.code == 0 and self.diff.code in (0, 1)

    @property
    def seconds(self) -> float:
        """All three commands."""
        return self.init.seconds + self.config.seconds + self.diff.seconds


def projects() -> list[tuple[str, Path]]:
    """Name and folder of each project of the corpus."""
    found = []
    for folder in sorted(CORPUS.iterdir()):
        name = folder.name.replace("__", "/", 1)
        parts = PARTS.get(folder.name, ("",))
        found += [(f"{name}: {part}" if part else name, folder / part) for part in parts]
    return found


def look(name: str, source: Path) -> Outcome:
    """Run the three commands in a copy."""
    with tempfile.TemporaryDirectory(prefix="first-minutes-") as place:
        folder = Path(place) / name.partition(":")[0].rpartition("/")[2]
        shutil.copytree(source, folder, copy_function=shutil.copyfile)
        for each in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
            each.chmod(0o755)
        for lacking in LACKING.get(name, ()):
            (folder / lacking).parent.mkdir(exist_ok=True)
            (folder / lacking).touch()
        init = _run(folder, "init", "--json")
        written = (folder / "parity.toml").read_text() if init.code == 0 else ""
        answer_for_registries(folder)
        config, diff = _run(folder, "config", "--services"), _run(folder, "diff", "--json")
        return Outcome(name, init, config, diff, written)


def answer_for_registries(folder: Path) -> None:
    """Write a parity.lock in which each image of production has a digest."""
    from parity.actions.environments import read_environment
    from parity.config.load import load
    from parity.errors import ParityError
    from parity.model.lock import EnvironmentLock, Lock, Pin
    from parity.paths import ProjectPaths
    from parity.stack import lockfile

    paths = ProjectPaths(folder)
    try:
        environment = read_environment(paths, load(paths), "prod").result()
    except (ParityError, KeyError):
        return  # the command will say it
    images = {str(s["image"]) for s in environment.services.values() if s.get("image")}
    pins = {name: Pin(_digest(name), ("linux/amd64",)) for name in sorted(images)}
    lockfile.write(paths.lock, Lock({"prod": EnvironmentLock("", pins)}))


def _digest(image: str) -> str:
    return f"sha256:{hashlib.sha256(image.encode()).hexdigest()}"


def _run(folder: Path, *words: str) -> Answer:
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "parity", *words],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_SECONDS,
        check=False,
    )
    where = str(folder)
    out, err = done.stdout.replace(where, "."), done.stderr.replace(where, ".")
    return Answer(done.returncode, out, err, time.monotonic() - started)


def environments(outcome: Outcome) -> str:
    """Which files were chosen for what."""
    rows = outcome.told.get("environments", [])
    return "<br>".join(
        f"{row['name']}: {', '.join(f'`{file}`' for file in row['files'])}"
        + (f" ({row['source']})" if row["source"] != "compose" else "")
        for row in rows
    )


def guessed(outcome: Outcome) -> str:
    """What init decided without knowing, and variables that it left to the reader."""
    told = outcome.told
    lacking = [f"no value: {', '.join(told['without_value'])}"] if told.get("without_value") else []
    return "<br>".join([*told.get("guesses", []), *lacking])


def stand_ins(outcome: Outcome) -> int:
    """How many variables were given a stand-in."""
    return len(tomllib.loads(outcome.written).get("secrets", {}))


def services(outcome: Outcome) -> str:
    """How many `parity config` has, or why it has none."""
    answer = outcome.config
    gateway = "parity-gateway"
    names = [name for name in answer.out.split() if name != gateway]
    return str(len(names)) if answer.code == 0 else f"refused: {answer.reason}"


def findings(outcome: Outcome) -> str:
    """What `parity diff` found between which two, or why it did not."""
    if outcome.diff.code not in (0, 1):
        return f"refused: {outcome.diff.reason}"
    report = json.loads(outcome.diff.out)
    return f"{len(report['findings'])} ({report['left']['name']}, {report['right']['name']})"


def page(outcomes: Sequence[Outcome]) -> str:
    """docs/init.md."""
    good = sum(outcome.works for outcome in outcomes)
    lines = [
        "# `parity init` on real repositories",
        "",
        "Public repositories with their definitions alone. In each ran `parity init`, `parity config` and `parity diff`,",
        f"and nothing was edited in between. {good} of {len(outcomes)} projects can be used at once.",
        "",
        "*Stand-ins* counts variables that hold secrets and have no value: each got a line in `[secrets]`. *Guessed* is",
        "what `init` says it decided without knowing. *Time* is that of the three commands together, on two busy",
        "processors. No registry was asked: a `parity.lock` with invented digests stood for the answers. Scripts that",
        "podinfo's kustomizations take in are blank. `scripts/first_minutes --page` writes this page.",
        "",
        "| project | environments | services | findings | stand-ins | guessed | time |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for each in outcomes:
        found = [services(each), findings(each), str(stand_ins(each))]
        cells = [each.name, environments(each), *found, guessed(each)]
        shown = [cell.replace("|", "\\|").replace("\n", " ") for cell in cells]
        lines.append(f"| {' | '.join(shown)} | {each.seconds:.1f} s |")
    for each in outcomes:
        if each.name == _SHOWN:
            lines += ["", "## What is written", "", f"`parity.toml` of {_SHOWN}:", "", "```toml"]
            lines += [each.written.rstrip(), "```"]
    return "\n".join(lines) + "\n"


def main(argv: list[str]) -> int:
    """Print a line a project; 1 where one cannot be used at once."""
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts/first_minutes")
    parser.add_argument("--page", action="store_true", help="write docs/init.md")
    parser.add_argument("--only", default="", help="projects whose name has this in it")
    parser.add_argument("--text", action="store_true", help="print each parity.toml")
    options = parser.parse_args(argv)
    if not CORPUS.is_dir():
        sys.stderr.write("the corpus of real definitions is not here\n")
        return 2
    outcomes = []
    for name, folder in projects():
        if options.only in name:
            outcome = look(name, folder)
            outcomes.append(outcome)
            sys.stdout.write(line(outcome) + "\n")
            sys.stdout.write(outcome.written if options.text else "")
    good = sum(outcome.works for outcome in outcomes)
    sys.stdout.write(f"{len(outcomes)} projects, {good} of use at once\n")
    if options.page:
        PAGE.write_text(page(outcomes), encoding="utf-8")
    return 0 if good == len(outcomes) else 1


def line(outcome: Outcome) -> str:
    """One project for the terminal."""
    said = f"{services(outcome)} services, {findings(outcome)} findings, {outcome.seconds:.1f} s"
    chosen = environments(outcome).replace("<br>", "; ").replace("`", "")
    return f"{outcome.name:52} {said}\n    {chosen}\n    {guessed(outcome).replace('<br>', '; ')}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
