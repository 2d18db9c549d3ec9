"""Compare the development and production definitions of real projects, and show five of them.

For each pair of `PAIRS.json` the files are copied aside, a parity.toml is written for the two sides, and
`parity diff` runs as a user would run it. `--page` writes docs/pairs.md.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
PAGE = ROOT / "docs" / "pairs.md"
SHOWN = (
    "langfuse",
    "django-on-docker",
    "podinfo-helm",
    "n8n-k8s",
    "prom-stack",
)
_LINES = 40
_SECONDS = 120
_SOURCES = {
    "compose": "compose",
    "stack": "swarm",
    "env": "dotenv",
    "k8s": "kubernetes",
    "kustomize": "kubernetes",
    "helm": "kubernetes",
}


@dataclass(frozen=True)
class Outcome:
    """How one comparison went."""

    id: str
    repository: str
    code: int
    summary: str
    text: str
    refused: str


def pairs() -> list[dict[str, Any]]:
    """All pairs of the corpus."""
    rows: list[dict[str, Any]] = json.loads((CORPUS / "PAIRS.json").read_text())
    return rows


def compare(pair: Mapping[str, Any]) -> Outcome:
    """Run `parity diff` on one pair in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="pair-") as name:
        folder = Path(name)
        shutil.copytree(CORPUS / pair["root"], folder, dirs_exist_ok=True)
        (folder / "parity.toml").write_text("\n".join(_configuration(pair, folder)) + "\n")
        env = {**os.environ, **_variables(pair), "NO_COLOR": "1", "COLUMNS": "100"}
        done = subprocess.run(
            [sys.executable, "-m", "parity", "diff", "dev", "prod"],
            cwd=folder,
            env=env,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    first = done.stdout.partition("\n")[0]
    refused = done.stderr.strip() if done.returncode not in (0, 1) else ""
    text = done.stdout.replace(name, ".")
    return Outcome(
        pair["id"], pair["repo"], done.returncode, first, text, refused.replace(name, ".")
    )


def _configuration(pair: Mapping[str, Any], folder: Path) -> Iterator[str]:
    yield '[project]\nname = "pair"\n\n[local]\nenvironment = "prod"\n'
    for side, name in (("local", "dev"), ("prod", "prod")):
        yield from _environment(pair, pair[side], name, folder)


def _environment(
    pair: Mapping[str, Any], side: Mapping[str, Any], name: str, folder: Path
) -> Iterator[str]:
    for source, target in (side.get("copy") or {}).items():
        shutil.copy(folder / source, folder / target)
    files = side.get("files") or [side.get("dir")]
    # Of some kustomizations the corpus has the result and not every file.
    if side["type"] in ("helm", "kustomize") and side.get("oracle"):
        rendered = folder / f"{name}.rendered.yaml"
        shutil.copy(CORPUS / side["oracle"], rendered)
        files = [rendered.name]
    yield f"[environments.{name}]"
    yield f'source = "{_SOURCES[side["type"]]}"'
    yield f"files = {json.dumps(files)}"
    if side.get("env"):
        yield f'env-files = ["{side["env"]}"]'
    if side.get("profiles"):
        yield f'profiles = ["{side["profiles"]}"]'
    if side["type"] == "env":
        yield 'project = "app"'
    yield ""
    del pair


def _variables(pair: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for side in ("local", "prod"):
        found.update(pair[side].get("set_env") or {})
    return found


def page(outcomes: Sequence[Outcome]) -> str:
    """docs/pairs.md."""
    by_id = {outcome.id: outcome for outcome in outcomes}
    lines = [
        "# Five real projects",
        "",
        "What `parity diff` prints first for the development and production definitions of five public",
        "projects, unchanged. `scripts/pairs --page` writes this page.",
    ]
    for name in SHOWN:
        outcome = by_id[name]
        first = outcome.text.splitlines()
        more = len(first) - _LINES
        lines += ["", f"## {outcome.repository}", "", "```text", "$ parity diff dev prod"]
        lines += [line.rstrip() for line in first[:_LINES]]
        lines += [f"… {more} more lines"] if more > 0 else []
        lines += ["```"]
    lines += ["", "## All pairs", "", "| pair | project | first line |", "| --- | --- | --- |"]
    for outcome in outcomes:
        answer = outcome.summary or f"refused: {outcome.refused.splitlines()[0]}"
        lines.append(
            f"| {outcome.id} | {outcome.repository} | {answer.replace('|', chr(92) + '|')} |"
        )
    return "\n".join(lines) + "\n"


def main(argv: list[str]) -> int:
    """Print a line a pair; 1 where a comparison neither ran nor was refused with a reason."""
    parser = argparse.ArgumentParser(description=__doc__, prog="scripts/pairs")
    parser.add_argument("--page", action="store_true", help="write docs/pairs.md")
    parser.add_argument("--only", help="ids, comma-separated")
    parser.add_argument("--text", action="store_true", help="print whole reports")
    chosen = parser.parse_args(argv)
    if not CORPUS.is_dir():
        print("the corpus of real definitions is not here", file=sys.stderr)
        return 2
    wanted = [p for p in pairs() if not chosen.only or p["id"] in chosen.only.split(",")]
    outcomes = []
    for pair in wanted:
        outcome = compare(pair)
        outcomes.append(outcome)
        print(f"{outcome.id:34} {outcome.code}  {outcome.summary or outcome.refused[:300]}")
        if chosen.text:
            print(outcome.text)
    bad = [o for o in outcomes if o.code not in (0, 1) and "error:" not in o.refused]
    bad += [o for o in outcomes if o.code == 4]
    print(
        f"{len(outcomes)} pairs, {sum(o.code in (0, 1) for o in outcomes)} compared, {len(bad)} broken"
    )
    if chosen.page:
        PAGE.write_text(page(outcomes))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
