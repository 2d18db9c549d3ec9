"""`parity init`: find the definitions in a repository and write a commented parity.toml."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from parity.actions import composed, orchestrated
from parity.actions.init_compose import profiles
from parity.actions.init_guesses import guesses
from parity.actions.init_text import text_of
from parity.actions.init_variables import env_files, head, without_value
from parity.actions.orchestrated import Definition, Found
from parity.errors import UsageError
from parity.paths import CONFIG_NAME, write

_SKIP = frozenset(
    {".git", ".parity", "node_modules", ".venv", "venv", "vendor", "__pycache__", ".tox", "dist"}
)
_DEPTH = 6
_COMPOSE = re.compile(r"^(?:docker-)?compose(?:[.-](?P<variant>[\w.-]+?))?\.ya?ml$")
_STACK = re.compile(r"^(?:docker-)?(?:stack|swarm)(?:[.-](?P<variant>[\w.-]+?))?\.ya?ml$")
_LINE = r"(?:^|^[ \t{]*[\"'])"
_OBJECT = (
    re.compile(_LINE + r"apiVersion[\"']?[ \t]*:", re.MULTILINE),
    re.compile(_LINE + r"kind[\"']?[ \t]*:", re.MULTILINE),
)
_RUNS = re.compile(
    r"\bkind[\"']?[ \t]*:[ \t]*[\"']?"
    r"(?:Deployment|StatefulSet|DaemonSet|ReplicaSet|Rollout|Pod|Job|CronJob)\b"
)
_CLOUDRUN = re.compile(r"\b(?:serving\.knative\.dev|run\.googleapis\.com)/")
_TOOLS = re.compile(
    r"apiVersion[\"']?\s*:\s*[\"']?(?:skaffold/|kind\.x-k8s\.io|backstage\.io|ctlptl\.dev|k3d\.io)"
)
"""Files of tools, written like manifests."""


@dataclass(frozen=True)
class InitResult:
    """What was written and from what."""

    file: Path
    found: tuple[Found, ...]
    chosen: tuple[Definition, ...]
    without_value: tuple[str, ...] = ()
    """Variables that must get a value before the definitions can be read."""
    guesses: tuple[str, ...] = ()
    """What was decided without knowing."""

    @property
    def used(self) -> tuple[Path, ...]:
        """Files that an environment is read from."""
        return tuple(dict.fromkeys(file for each in self.chosen for file in each.used))

    @property
    def others(self) -> list[Found]:
        """What no environment is read from."""
        return orchestrated.unused(self.found, self.chosen)


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
    chosen = tuple(_completed(root, one) for one in _chosen(root, found))
    write(target, text_of(root, found, chosen))
    guessed = tuple(guesses(root, found, chosen))
    return InitResult(target, found, chosen, tuple(without_value(chosen)), guessed)


def _completed(root: Path, one: Definition) -> Definition:
    """With its env files and profiles, where the notation has them."""
    if one.source != "compose":
        return one
    active = profiles(one.used, one.name)
    return replace(one, env_files=env_files(root, one), profiles=active)


def _chosen(root: Path, found: Sequence[Found]) -> list[Definition]:
    """The environments, production first: a cluster's where there are definitions of one and no Compose
    file says that it is production's.
    """
    files = [f for f in found if f.kind == "compose"]
    cluster = orchestrated.choose(found, root) or composed.swarm(
        [f for f in found if f.kind == "swarm"]
    )
    if not cluster or composed.is_named(files):
        return composed.choose(files)
    local = composed.developers(files)
    if local is None:
        return cluster
    others = [replace(one, name=f"{one.name}-cluster") for one in cluster if one.name == "dev"]
    return [*(one for one in cluster if one.name != "dev"), local, *others]


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
    stack = _STACK.match(file.name)
    if stack and re.search(r"^services:", head(file), re.MULTILINE):
        return Found("swarm", file, stack["variant"] or "")
    if file.name == "Chart.yaml":
        return Found("helm", file)
    if file.name in ("devcontainer.json", ".devcontainer.json"):
        return Found("devcontainer", file)
    if file.name in ("kustomization.yaml", "kustomization.yml", "Kustomization"):
        return Found("kubernetes", file)
    return _in_a_cluster(file) if file.suffix in (".yaml", ".yml", ".json") else None


def _in_a_cluster(file: Path) -> Found | None:
    text = head(file)
    if file.suffix == ".json" and re.search(r'"containerDefinitions"', text, re.IGNORECASE):
        return Found("ecs", file)
    if "{{" in text or not all(part.search(text) for part in _OBJECT) or _TOOLS.search(text):
        return None
    if _CLOUDRUN.search(text):
        return Found("cloudrun", file)
    return Found("kubernetes", file, runs=bool(_RUNS.search(text)))
