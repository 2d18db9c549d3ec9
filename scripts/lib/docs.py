"""The generated pages of docs/: written from the code, or compared with it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from scripts.lib.docs_cli import command_pages
from scripts.lib.docs_config import configuration_page, schema
from scripts.lib.docs_errors import error_page
from scripts.lib.docs_overrides import override_page
from scripts.lib.docs_report import report_schema
from scripts.lib.docs_rules import rule_pages
from scripts.lib.docs_snapshot import snapshot_schema
from scripts.lib.paths import ROOT

REMEDY = "scripts/gen_docs writes the pages anew; commit what it wrote"


def pages(docs: Path) -> dict[str, str]:
    """Path below docs/ -> text, of every generated file."""
    examples = docs / "examples"
    return {
        **command_pages(examples),
        "parity-toml.md": configuration_page(examples / "parity.toml"),
        "parity.schema.json": schema(),
        "report.schema.json": report_schema(),
        "snapshot.schema.json": snapshot_schema(),
        "errors.md": error_page(),
        "overrides.md": override_page(),
        **rule_pages(),
    }


def differing(docs: Path, wanted: Mapping[str, str]) -> list[str]:
    """Names of the files that are not as the code says, those of commands and rules that are gone
    included.
    """
    folders = ("commands", "rules")
    present = {f"{name}/{file.name}" for name in folders for file in (docs / name).glob("*.md")}
    stale = [name for name, text in wanted.items() if _text(docs / name) != text]
    return sorted({*stale, *(present - wanted.keys())})


def write(docs: Path, wanted: Mapping[str, str]) -> list[str]:
    """Bring the files up to date; returns the names of those that changed."""
    changed = differing(docs, wanted)
    for name in changed:
        file = docs / name
        if name in wanted:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(wanted[name], encoding="utf-8")
        else:
            file.unlink()
    return changed


def _text(file: Path) -> str | None:
    return file.read_text(encoding="utf-8") if file.is_file() else None


def main(arguments: Sequence[str]) -> int:
    """Run by scripts/gen_docs; 1 when --check finds a page that is out of date."""
    options = argparse.ArgumentParser(
        prog="scripts/gen_docs",
        description="Write docs/commands, docs/parity-toml.md, docs/parity.schema.json, "
        "docs/report.schema.json, docs/snapshot.schema.json, docs/errors.md, docs/overrides.md and docs/rules "
        "from the code.",
        epilog="Exit codes: 0 up to date or written, 1 out of date (--check), 2 usage.",
    )
    options.add_argument("--check", action="store_true", help="write nothing; compare")
    options.add_argument("--docs", type=Path, default=ROOT / "docs", help="the folder; for tests")
    chosen = options.parse_args(arguments)
    wanted = pages(chosen.docs)
    if not chosen.check:
        for name in write(chosen.docs, wanted):
            sys.stdout.write(f"docs/{name}\n")
        return 0
    stale = differing(chosen.docs, wanted)
    for name in stale:
        sys.stderr.write(f"docs/{name} is not what the code says\n")
    if stale:
        sys.stderr.write(f"Next: {REMEDY}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
