"""Which Kubernetes or ECS definition of a repository is production's, where no Compose file is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PRODUCTION = re.compile(r"(?<![a-z])(?:prod|production|live|release)(?![a-z])", re.IGNORECASE)
_LOCAL = re.compile(
    r"(?<![a-z])(?:dev|local|test|ci|stag\w*|qa|preview|base)(?![a-z])", re.IGNORECASE
)
_KUSTOMIZATION = ("kustomization.yaml", "kustomization.yml", "Kustomization")


@dataclass(frozen=True)
class Definition:
    """`source` as parity.toml names it, `files` for it, and the found files that these cover."""

    source: str = "compose"
    files: tuple[Path, ...] = ()
    used: tuple[Path, ...] = ()


def choose(manifests: Sequence[Path], tasks: Sequence[Path], root: Path) -> Definition:
    """Manifests before task definitions; nothing where there is neither."""
    if manifests:
        return _kubernetes(manifests, root)
    if tasks:
        best = min(tasks, key=lambda file: _rank(file, root))
        return Definition("ecs", (best,), (best,))
    return Definition()


def _kubernetes(manifests: Sequence[Path], root: Path) -> Definition:
    kustomizations = [file for file in manifests if file.name in _KUSTOMIZATION]
    if kustomizations:
        best = min(kustomizations, key=lambda file: _rank(file, root)).parent
        return Definition(
            "kubernetes", (best,), (next(f for f in kustomizations if f.parent == best),)
        )
    folder = min(manifests, key=lambda file: _rank(file, root)).parent
    used = tuple(file for file in manifests if file.is_relative_to(folder))
    if folder == root:  # other files lie there, too
        used = tuple(file for file in manifests if file.parent == root)
        return Definition("kubernetes", used, used)
    return Definition("kubernetes", (folder,), used)


def _rank(file: Path, root: Path) -> tuple[bool, bool, int, str]:
    """Named for production first, then what is named for nothing else, then what lies highest."""
    below = str(file.relative_to(root))
    return not _PRODUCTION.search(below), bool(_LOCAL.search(below)), below.count("/"), below
