"""Reads the corpus of real definitions and says what became of each: the same as the oracle, loaded
with every field accounted for, or refused with a reason. Anything else ends with exit code 1.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.lib.corpus_read import KINDS, Entry, Row, bombs_end_early, entries, read
from scripts.lib.paths import ROOT

CORPUS = ROOT.parent / "shared" / "corpus"
COLUMNS = ("kind", "files", "same as oracle", "loaded", "refused", "unaccounted", "wrong")


def main(arguments: Sequence[str] | None = None) -> int:
    """Read, print the table, and say whether all is well."""
    options = _options(arguments)
    if not (options.corpus / "INDEX.tsv").is_file():
        print(f"no corpus at {options.corpus}", file=sys.stderr)
        return 2
    _empty_environment()
    rows = list(_read_all([*entries(options.corpus, options.kinds)], options.corpus, options.jobs))
    if options.json:
        print(json.dumps([row.__dict__ for row in rows], indent=1))
    else:
        print("\n".join(table(rows)))
    return 1 if any(row.is_wrong for row in rows) else 0


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The lines of the table, then what was refused and why, then what is wrong."""
    lines = [COLUMNS, *(_line(kind, rows) for kind in KINDS if any(r.kind == kind for r in rows))]
    widths = [max(len(str(line[n])) for line in lines) for n in range(len(COLUMNS))]
    for line in lines:
        first, *rest = (str(cell) for cell in line)
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join([first.ljust(widths[0]), *cells])
    for kind in KINDS:
        refused = Counter(
            row.reason for row in rows if row.kind == kind and row.outcome == "refused"
        )
        if refused:
            yield ""
            yield f"{kind}: refused"
        for reason, count in refused.most_common():
            yield f"  {count:4}  {reason}"
    wrong = [row for row in rows if row.is_wrong]
    if wrong:
        yield ""
        yield "wrong"
    for row in wrong:
        yield f"  {row.path}: {row.outcome}: {row.detail or row.reason} ({row.unaccounted} unaccounted)"


def _line(kind: str, rows: Sequence[Row]) -> tuple[str | int, ...]:
    found = [row for row in rows if row.kind == kind]
    outcomes = Counter(row.outcome for row in found)
    return (
        kind,
        len(found),
        outcomes["same"],
        outcomes["same"] + outcomes["loaded"],
        outcomes["refused"],
        sum(row.unaccounted for row in found),
        sum(row.is_wrong for row in found),
    )


def _read_all(found: Sequence[Entry], corpus: Path, jobs: int) -> Iterator[Row]:
    life = sys.stderr.isatty()
    with bombs_end_early(), ThreadPoolExecutor(jobs) as pool:
        for number, row in enumerate(pool.map(lambda entry: read(entry, corpus), found), start=1):
            if life:
                print(f"\r{number}/{len(found)}", end="", file=sys.stderr)
            yield row
    if life:
        print(file=sys.stderr)


def _empty_environment() -> None:
    """The oracle was made without variables: the shell's must not come in."""
    keep = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    os.environ.clear()
    os.environ.update(keep)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/corpus", description=__doc__)
    parser.add_argument("kinds", nargs="*", choices=[*KINDS, []], metavar="KIND",
                        help=f"one or more of {', '.join(KINDS)}; all without")  # fmt: skip
    parser.add_argument("--corpus", type=Path, default=CORPUS, help="its folder")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="readings at once")
    parser.add_argument("--json", action="store_true", help="a record a file instead of the table")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
