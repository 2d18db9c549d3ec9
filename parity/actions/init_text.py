"""The text of a first parity.toml: what was chosen and why, what else is there, and what can be said."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from parity.actions import orchestrated
from parity.actions.init_compose import merged
from parity.actions.init_guesses import built_here
from parity.actions.init_variables import ANY, is_example, open_variables
from parity.actions.orchestrated import Definition, Found, unused
from parity.secrecy.detect import is_secret

_MOST_LISTED = 20


def text_of(root: Path, found: Sequence[Found], chosen: Sequence[Definition]) -> str:
    """parity.toml for these environments; production is the first of them."""
    lines = [*_HEAD, "[project]", f"name = {json.dumps(_name(root))}"]
    for each in chosen:
        lines += _environment(root, each)
    if not chosen:
        lines += [
            "",
            "[environments.prod]",
            "files = []               # what production is made of",
        ]
    if len(chosen) > 1:
        left = next((each.name for each in chosen if each.name == "dev"), chosen[1].name)
        lines += ["", "# What `parity diff` and `parity check` compare where nobody says:"]
        lines += ["[check]", f'compare = ["{left}", "{chosen[0].name}"]']
    lines += _others(root, found, chosen)
    lines += [*_VARIABLES, *_variables(chosen), *_LOCAL, *_built(chosen), *_REST]
    return "\n".join(lines) + "\n"


def _name(root: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "project"


def _environment(root: Path, one: Definition) -> list[str]:
    lines = ["", f"[environments.{one.name}]   # {one.why}"]
    if one.source != "compose":
        lines += [f'source = "{one.source}"']
    lines += [f"files = {_listed(root, one.files)}"]
    if one.env_files:
        example = any(is_example(file) for file in one.env_files)
        note = "   # examples of values; name the real ones" if example else ""
        lines += [f"env-files = {_listed(root, one.env_files)}{note}"]
    return [*lines, *_profiles(one)]


def _profiles(one: Definition) -> list[str]:
    if one.source != "compose":
        return []
    there = merged(one.used).profiles
    if one.profiles:
        others = [name for name in there if name not in one.profiles]
        note = f"; others: {_in_a_line(', '.join(others))}" if others else ""
        return [f"profiles = {json.dumps(one.profiles)}   # nothing runs without one{note}"]
    names = json.dumps(there or ["…"], ensure_ascii=False)
    note = "none is active" if there else "Compose profiles that are active there"
    return [f"# profiles = {names}        # {note}"]


def _built(chosen: Sequence[Definition]) -> list[str]:
    built = built_here(chosen)
    if not built:
        return []
    return ["# No registry has the images of these; they are built from their `build:`.",
            f"build = {json.dumps(built)}"]  # fmt: skip


def _listed(root: Path, files: Sequence[Path]) -> str:
    names = [str(file.relative_to(root)) for file in files]
    return json.dumps(names, ensure_ascii=False)


def _in_a_line(name: object) -> str:
    """A name in a comment: without what would end its line."""
    return "".join(c if c.isprintable() else "?" for c in str(name))


def _others(root: Path, found: Sequence[Found], chosen: Sequence[Definition]) -> list[str]:
    """What is not used, with the block that would make another notation production."""
    others = unused(found, chosen)
    if not others:
        return []
    lines = ["", "# Also found, not used above:"]
    lines += [
        f"#   {f.kind:<12} {_in_a_line(f.file.relative_to(root))}" for f in others[:_MOST_LISTED]
    ]
    if len(others) > _MOST_LISTED:
        lines += [f"#   … and {len(others) - _MOST_LISTED} more"]
    if {each.source for each in chosen} == {"compose"}:
        for each in orchestrated.choose(found, root)[:1]:
            lines += ["# If the cluster is production, name it in place of the block above:"]
            lines += [f"# {line}" for line in _environment(root, each)[1:]]
    return lines


def _variables(chosen: Sequence[Definition]) -> list[str]:
    """Variables of the definition that nothing gives a value: each needs one, or a stand-in."""
    compose = [each for each in chosen if each.source == "compose"]
    lines = []
    for name in dict.fromkeys(name for each in compose for name in open_variables(each, ANY)):
        mark = "" if is_secret(name, "x" * 8) else "# "
        note = "" if mark == "" else "   # no secret? give it a value in an env file"
        lines.append(f"{mark}{name} = {{ length = 32 }}{note}")
    return lines


_HEAD = [
    "# What production is, and how the copy on this machine may differ from it.",
    "# `parity up` starts the copy, `parity config --overrides` lists every difference.",
    "",
]
_VARIABLES = [
    "",
    "# Stand-ins for production's secrets, made once per stack: Compose secrets by name, and",
    "# variables of the definition. A text is composed of others:",
    '#   DATABASE_URL = "postgres://app:${secret:db_password}@db.prod.example.com/app"',
    "[secrets]",
]
_LOCAL = [
    "",
    "[local]",
    '# environment = "prod"     # the environment to copy',
    "# max-replicas = 2",
]
_REST = [
    "",
    "# What answers locally under a name that production uses:",
    '# [stand-ins."db.prod.example.com"]',
    '# service = "db"',
    "",
    "# Certificates of a local authority, for Compose secrets:",
    "# [certificates.site]",
    '# names = ["www.example.com"]',
    '# certificate = "tls_certificate"',
    '# key = "tls_key"',
    "",
    "# Hosts that the stack may reach; everything else is refused and recorded:",
    "[egress]",
    "allow = []",
]
