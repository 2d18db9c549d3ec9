"""Lines of env files."""

import re
from pathlib import Path


def line_of(file: Path, name: str) -> int:
    """The line that gives the variable its value: the last one that names it; 0 where none does."""
    pattern = re.compile(rf"\ufeff?\s*(?:export\s+)?{re.escape(name)}\s*(?:[=:]|$)")
    found = 0
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            for number, line in enumerate(lines, start=1):
                if pattern.match(line):
                    found = number
    except (OSError, ValueError):
        return 0
    return found
