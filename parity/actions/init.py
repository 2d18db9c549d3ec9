"""`parity init`: find the definitions in a repository and write a commented parity.toml."""

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.actions.orchestrated import Definition, choose
from parity.errors import UsageError
from parity.paths import CONFIG_NAME, write
from parity.secrecy.detect import is_secret

_SKIP = frozenset(
    {".git", ".parity", "node_modules", ".venv", "venv", "vendor", "__pycache__", ".tox", "dist"}
)
_DEPTH = 4
_LARGEST = 2 * 1024**2
_COMPOSE = re.compile(r"^(?:docker-)?compose(?:[.-](?P<variant>[\w.-]+?))?\.ya?ml$")
_PRODUCTION = re.compile(r"prod|production|deploy|release|live|swarm", re.IGNORECASE)
_LOCAL = re.compile(r"dev|local|test|ci|debug|override|stag|qa|preview", re.IGNORECASE)
_ENV = re.compile(
    r"^(?:\.env\.(?P<a>prod\w*)|(?P<b>prod\w*)\.env|\.env\.(?P<c>production)(?:\.local)?)$"
)


@dataclass(frozen=True)
class Found:
    """One definition. `kind`: compose, kubernetes, ecs, devcontainer."""

    kind: str
    file: Path
    variant: str = ""


@dataclass(frozen=True)
class InitResult:
    """What was written and from what."""

    file: Path
    found: tuple[Found, ...]
    used: tuple[Path, ...]


def init(root: Path) -> InitResult:
    """Write `root/parity.toml`; refuses where there is one."""
    root = root.resolve()
    target = root / CONFIG_NAME
    if not root.is_dir():
        raise UsageError(f"no such folder: {root}", next_step="name the project's folder")
    if target.exists():
        raise UsageError(
            f"{target} exists and is not overwritten", next_step="edit it, or move it away first"
        )
    found = tuple(sorted(_search(root), key=lambda f: (f.kind, len(f.file.parts), str(f.file))))
    chosen = _chosen(root, found)
    env_files = _env_files(root, chosen.used) if chosen.source == "compose" else ()
    write(target, _text(root, found, chosen, env_files))
    return InitResult(target, found, chosen.used)


def _chosen(root: Path, found: Sequence[Found]) -> Definition:
    """Production's definition: in Compose files if there are any, else in another notation."""
    files = production_files([f for f in found if f.kind == "compose"])
    if files:
        return Definition("compose", files, files)
    manifests, tasks = ([f.file for f in found if f.kind == kind] for kind in ("kubernetes", "ecs"))
    return choose(manifests, tasks, root)


def production_files(compose: list[Found]) -> tuple[Path, ...]:
    """Production's Compose files in merge order: the base and its production variant, else alone."""
    if not compose:
        return ()
    likely = [f for f in compose if not _LOCAL.search(f.variant)] or compose
    named = [f for f in likely if _PRODUCTION.search(f.variant)]
    folder = min(
        (f.file.parent for f in named or likely),
        key=lambda p: (not _PRODUCTION.search(p.name), len(p.parts)),
    )
    here = [f for f in compose if f.file.parent == folder]
    base = [f for f in here if not f.variant]
    production = [f for f in here if f.variant and _PRODUCTION.search(f.variant)]
    if production:
        chosen = production[0]
        return (*(f.file for f in base[:1] if not _stands_alone(chosen.file)), chosen.file)
    if base:
        return (base[0].file,)
    neutral = [f for f in here if not _LOCAL.search(f.variant)] or here
    return (neutral[0].file,)


def _stands_alone(file: Path) -> bool:
    """Whether every service of a file has an image or build of its own."""
    import yaml

    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
        services = tree["services"].values()
        return all("image" in service or "build" in service for service in services)
    except (OSError, ValueError, yaml.YAMLError, KeyError, TypeError, AttributeError):
        return False


def _search(root: Path) -> Iterator[Found]:
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = [
            name
            for name in folders
            if name not in _SKIP and len(here.relative_to(root).parts) < _DEPTH
        ]
        for name in files:
            found = _look(here / name)
            if found is not None:
                yield found


def _look(file: Path) -> Found | None:
    compose = _COMPOSE.match(file.name)
    if compose:
        return Found("compose", file, compose["variant"] or "")
    if file.name in ("devcontainer.json", ".devcontainer.json"):
        return Found("devcontainer", file)
    if file.suffix in (".yaml", ".yml", ".json"):
        text = _head(file)
        if "{{" not in text and re.search(
            r"^kind: *(Deployment|StatefulSet|Kustomization|DaemonSet|Service)\b",
            text,
            re.MULTILINE,
        ):
            return Found("kubernetes", file)
        if file.suffix == ".json" and re.search(r'"containerDefinitions"', text, re.IGNORECASE):
            return Found("ecs", file)
    return None


def _head(file: Path) -> str:
    try:
        if file.stat().st_size > _LARGEST:
            return ""
        return file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


def _env_files(root: Path, used: tuple[Path, ...]) -> tuple[Path, ...]:
    folders = dict.fromkeys([*(file.parent for file in used), root])
    return tuple(
        file
        for folder in folders
        for file in sorted(folder.iterdir())
        if file.is_file() and _ENV.match(file.name)
    )


def _text(
    root: Path, found: tuple[Found, ...], chosen: Definition, env_files: tuple[Path, ...]
) -> str:
    def listed(files: tuple[Path, ...]) -> str:
        return json.dumps([str(file.relative_to(root)) for file in files], ensure_ascii=False)

    name = re.sub(r"[^a-z0-9]+", "-", root.name.lower()).strip("-") or "project"
    lines = [
        "# What production is, and how the copy on this machine may differ from it.",
        "# `parity up` starts the copy, `parity config --overrides` lists every difference.",
        "",
        "[project]",
        f"name = {json.dumps(name)}",
        "",
        "[environments.prod]",
    ]
    used = chosen.used
    if chosen.source != "compose":
        lines += [f'source = "{chosen.source}"', f"files = {listed(chosen.files)}"]
    elif used:
        lines += [f"files = {listed(used)}"]
        lines += [f"env-files = {listed(env_files)}"] if env_files else []
        lines += ['# profiles = ["…"]        # Compose profiles that production activates']
    else:
        lines += ["files = []               # production's Compose files, in merge order"]
    others = [f for f in found if f.file not in used]
    if others:
        lines += ["", "# Also found, not used above:"]
        lines += [f"#   {f.kind:<12} {f.file.relative_to(root)}" for f in others[:20]]
        lines += [f"#   … and {len(others) - 20} more"] if len(others) > 20 else []  # noqa: PLR2004
    compose = used if chosen.source == "compose" else ()
    lines += [*_VARIABLES, *_variables(compose, env_files), *_REST]
    return "\n".join(lines) + "\n"


def _variables(used: tuple[Path, ...], env_files: tuple[Path, ...]) -> list[str]:
    """Variables of the definition that nothing gives a value: each needs one, or a stand-in."""
    known = {
        name
        for file in env_files
        for name in re.findall(r"^(?:export )?(\w+)=", _head(file), re.MULTILINE)
    }
    known |= {
        name
        for file in used
        for name in re.findall(r"^(\w+)=", _head(file.parent / ".env"), re.MULTILINE)
    }
    names: dict[str, None] = {}
    for file in used:
        names.update(
            dict.fromkeys(
                re.findall(r"(?<!\$)\$\{?([A-Za-z_]\w*)(?=\}|:?\?|[^\w:}-])", _head(file))
            )
        )
    lines = []
    for name in names:
        if name in known:
            continue
        mark = "" if is_secret(name, "x" * 8) else "# "
        note = "" if mark == "" else "   # no secret? give it a value in an env file"
        lines.append(f"{mark}{name} = {{ length = 32 }}{note}")
    return lines


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
