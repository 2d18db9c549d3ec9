"""The text of a first parity.toml: what was chosen and why, what else is there, and what can be said."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

from parity.actions import orchestrated
from parity.actions.orchestrated import Definition, Found, unused
from parity.secrecy.detect import is_secret

_LARGEST = 2 * 1024**2
_MOST_LISTED = 20
_ENV_FILES = {
    "prod": re.compile(r"^(?:\.env\.prod\w*|prod\w*\.env|\.env\.production\.local)$"),
    "staging": re.compile(r"^(?:\.env\.(?:staging|stage)|(?:staging|stage)\.env)$"),
    "dev": re.compile(r"^(?:\.env\.dev\w*|dev\w*\.env|\.env\.development\.local)$"),
}


def text_of(root: Path, found: Sequence[Found], chosen: Sequence[Definition]) -> str:
    """parity.toml for these environments; production is the first of them."""
    lines = [*_HEAD, "[project]", f"name = {json.dumps(_name(root))}"]
    compose = [each for each in chosen if each.source == "compose"]
    env_files = {each.name: _env_files(root, each) for each in compose}
    for each in chosen:
        lines += _environment(root, each, env_files.get(each.name, ()))
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
    files = [file for each in compose for file in each.used]
    known = [file for group in env_files.values() for file in group]
    lines += [*_VARIABLES, *_variables(files, known), *_REST]
    return "\n".join(lines) + "\n"


def head(file: Path) -> str:
    """The text of a file of reasonable size; else nothing."""
    try:
        if file.stat().st_size > _LARGEST:
            return ""
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _name(root: Path) -> str:
    return re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "project"


def _environment(root: Path, one: Definition, env_files: Sequence[Path]) -> list[str]:
    lines = ["", f"[environments.{one.name}]   # {one.why}"]
    if one.source != "compose":
        return [*lines, f'source = "{one.source}"', f"files = {_listed(root, one.files)}"]
    lines += [f"files = {_listed(root, one.files)}"]
    lines += [f"env-files = {_listed(root, env_files)}"] if env_files else []
    return [*lines, '# profiles = ["…"]        # Compose profiles that are active there']


def _listed(root: Path, files: Sequence[Path]) -> str:
    names = [str(file.relative_to(root)) for file in files]
    return json.dumps(names, ensure_ascii=False)


def _others(root: Path, found: Sequence[Found], chosen: Sequence[Definition]) -> list[str]:
    """What is not used, with the block that would make another notation production."""
    others = unused(found, chosen)
    if not others:
        return []
    lines = ["", "# Also found, not used above:"]
    lines += [f"#   {f.kind:<12} {f.file.relative_to(root)}" for f in others[:_MOST_LISTED]]
    if len(others) > _MOST_LISTED:
        lines += [f"#   … and {len(others) - _MOST_LISTED} more"]
    if {each.source for each in chosen} == {"compose"}:
        for each in orchestrated.choose(found, root)[:1]:
            lines += ["# If the cluster is production, name it in place of the block above:"]
            lines += [f"# {line}" for line in _environment(root, each, ())[1:]]
    return lines


def _env_files(root: Path, one: Definition) -> tuple[Path, ...]:
    wanted = _ENV_FILES.get(one.name)
    folders = dict.fromkeys([*(file.parent for file in one.used), root])
    return tuple(
        file
        for folder in folders
        for file in sorted(folder.iterdir())
        if wanted is not None and file.is_file() and wanted.match(file.name)
    )


def without_value(root: Path, chosen: Sequence[Definition]) -> list[str]:
    """Variables that a Compose definition requires, that are no secrets and have no value yet."""
    compose = [each for each in chosen if each.source == "compose"]
    required = {
        name: None
        for each in compose
        for name in _open(each.used, _env_files(root, each), r":?\?")
        if not is_secret(name, "x" * 8)
    }
    return list(required)


def _variables(used: Sequence[Path], env_files: Sequence[Path]) -> list[str]:
    """Variables of the definition that nothing gives a value: each needs one, or a stand-in."""
    lines = []
    for name in _open(used, env_files, r"\}|:?\?|[^\w:}-]"):
        mark = "" if is_secret(name, "x" * 8) else "# "
        note = "" if mark == "" else "   # no secret? give it a value in an env file"
        lines.append(f"{mark}{name} = {{ length = 32 }}{note}")
    return lines


def _open(used: Sequence[Path], env_files: Sequence[Path], after: str) -> list[str]:
    """Variables without a value; `after` is a pattern of what follows the name."""
    files = [*env_files, *(file.parent / ".env" for file in used)]
    known = {
        name
        for file in files
        for name in re.findall(r"^(?:export )?(\w+)=", head(file), re.MULTILINE)
    }
    pattern = re.compile(rf"(?<!\$)\$\{{?([A-Za-z_]\w*)(?={after})")
    names = dict.fromkeys(name for file in used for name in pattern.findall(head(file)))
    return [name for name in names if name not in known]


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
_REST = [
    "",
    "[local]",
    '# environment = "prod"     # the environment to copy',
    "# max-replicas = 2",
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
