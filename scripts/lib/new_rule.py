"""Start a rule: its function with the headings of a page, and its table of cases.

`scripts/new_rule postgres collation-differs` appends PG011 to parity/rules/postgres.py (or to the file of
the family that `--file` names) and writes tests/cases/PG011.yaml. Both are to be filled in; the tests
say what is missing.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from parity import __version__
from parity.rules.registry import Catalogue, catalogue
from scripts.lib.paths import ROOT

_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_PREFIX = re.compile(r"[A-Z]{2}")
_SHAPES = {
    "single": ("difference: Difference, comparison: Comparison", "difference, comparison"),
    "pair": ("both: ServicePair", "both"),
    "joint": ("side: Side", "side"),
}
_IMPORTS = {
    "single": (
        "from parity.diff.view import Comparison\nfrom parity.model.difference import Difference\n"
    ),
    "pair": "from parity.diff.view import ServicePair\n",
    "joint": "from parity.diff.view import Side\n",
}
_HEADER = '''"""{prefix}: what these rules guard, in one line."""

from collections.abc import Iterator

{imports}from parity.model.finding import Severity
from parity.rules.contract import Found, {shape}
'''
_FUNCTION = '''

@{shape}("{id}", "{family}.{name}", Severity.WARNING, since="{since}")
def {function}({arguments}) -> Iterator[Found]:
    """The finding as a sentence.

    What it compares:
        Which settings, and what is effective where one is not set.

    Why it matters:
        What breaks, and the silent failure it causes.

    Example:
        local: `SETTING=one`
        production: `SETTING=two`

    What to do:
        What can be copied.

    When to ignore it:
        The case in which it is no trouble.

    References:
        An incident or a specification.
    """
    del {unused}
    yield from ()
'''
_CASES = """rule: {id}
cases:
  - name: what it finds
    local: {{environment: {{SETTING: "one"}}}}
    production: {{environment: {{SETTING: "two"}}}}
    finds: [services.web.environment.SETTING]
  - name: equal on both sides
    local: {{environment: {{SETTING: "one"}}}}
    production: {{environment: {{SETTING: "one"}}}}
    finds: []
  - name: what looks like it and is none
    local: {{environment: {{OTHER_SETTING: "one"}}}}
    production: {{environment: {{OTHER_SETTING: "two"}}}}
    finds: []
  - name: definitions not read
    layers: []
    local: {{}}
    production: {{}}
    not_checked: true
"""


def family_of(known: Catalogue, family: str, prefix: str) -> str:
    """The two letters of a family: those of its rules, or the given ones. ValueError where neither fits."""
    found = {rule.family for rule in known.rules if rule.name.startswith(f"{family}.")}
    if found:
        (letters,) = found
        if prefix not in ("", letters):
            raise ValueError(f"the rules of {family} are called {letters}, not {prefix}")
        return letters
    if not _PREFIX.fullmatch(prefix):
        raise ValueError(f"{family} has no rules yet: name its two letters, --prefix XY")
    if any(rule.family == prefix for rule in known.rules):
        raise ValueError(f"{prefix} is the prefix of another family")
    return prefix


def next_id(known: Catalogue, prefix: str) -> str:
    """The first number that was never used."""
    numbers = [int(rule.id[2:]) for rule in known.rules if rule.family == prefix]
    return f"{prefix}{max(numbers, default=0) + 1:03}"


def create(
    root: Path,
    known: Catalogue,
    family: str,
    name: str,
    *,
    shape: str = "single",
    prefix: str = "",
    file: str = "",
) -> list[Path]:
    """Write rule and cases below `root`; returns the files. ValueError where a name is of no use."""
    for word in (family, name):
        if not _NAME.fullmatch(word):
            raise ValueError(f"not a name of lower-case words joined by hyphens: {word}")
    if known.find(f"{family}.{name}"):
        raise ValueError(f"there is a rule {family}.{name}")
    id_ = next_id(known, family_of(known, family, prefix))
    module = root / "parity" / "rules" / f"{file or family}.py"
    if not module.stem.startswith(family):
        raise ValueError(f"files of this family begin with {family}: {module.name}")
    arguments, unused = _SHAPES[shape]
    text = module.read_text(encoding="utf-8") if module.is_file() else ""
    if not text:
        text = _HEADER.format(prefix=id_[:2], imports=_IMPORTS[shape], shape=shape)
    rule = _FUNCTION.format(
        id=id_,
        family=family,
        name=name,
        shape=shape,
        function=name.replace("-", "_"),
        since=".".join(__version__.split(".")[:2]),
        arguments=arguments,
        unused=unused,
    )
    module.write_text(text.rstrip("\n") + "\n" + rule, encoding="utf-8")
    cases = root / "tests" / "cases" / f"{id_}.yaml"
    cases.write_text(_CASES.format(id=id_), encoding="utf-8")
    return [module, cases]


def main(arguments: Sequence[str], *, root: Path = ROOT) -> int:
    """Run by scripts/new_rule; 2 where a name is of no use."""
    options = argparse.ArgumentParser(
        prog="scripts/new_rule", description="Start a rule: its function and its table of cases."
    )
    options.add_argument("family", help="first half of the name: `postgres`")
    options.add_argument("name", help="second half, readable after `allow`: `collation-differs`")
    options.add_argument("--shape", choices=sorted(_SHAPES), default="single")
    options.add_argument("--prefix", default="", help="two letters, for a new family")
    options.add_argument("--file", default="", help="the module, if not the family's first")
    chosen = options.parse_args(arguments)
    try:
        made = create(
            root,
            catalogue(),
            chosen.family,
            chosen.name,
            shape=chosen.shape,
            prefix=chosen.prefix,
            file=chosen.file,
        )
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    for file in made:
        sys.stdout.write(f"{file.relative_to(root)}\n")
    sys.stdout.write(
        "Next: fill in both, check the imports, a line in CHANGELOG.md, scripts/gen_docs\n"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
