"""`python tests/bench [NAME …]`: time parity beside what a user would otherwise do, in one run.

Prints medians and ratios; asserts nothing, because machines are noisy. Each benchmark is a module
here with `measure(runs) -> list[Row]`.
"""

import argparse
import importlib
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

NAMES = ("startup", "check", "diff", "layers", "up", "data", "forks", "watch")


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", choices=[*NAMES, []], help="benchmarks; all if none is named"
    )
    parser.add_argument("--runs", type=int, default=5, help="counted runs of each command")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    rows = []
    for name in options.names or NAMES:
        rows += importlib.import_module(name).measure(options.runs)
    if options.json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
        return
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{os.cpu_count()} processors, load {load}; medians of {options.runs} runs, seconds")
    print(f"{'what':<44} {'parity':>8} {'instead':>8} {'ratio':>6}  instead of")
    for row in rows:
        print(
            f"{row.what:<44} {row.parity:>8.2f} {row.instead:>8.2f} {row.parity / row.instead:>6.2f}  {row.reference}"
        )


if __name__ == "__main__":
    main()
