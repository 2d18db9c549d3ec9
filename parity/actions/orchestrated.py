"""Which Kubernetes, ECS or Cloud Run definitions of a repository are production's, development's
and staging's.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

_T = TypeVar("_T")
_K = TypeVar("_K")
_ROLES = (
    ("prod", r"prod|prd|production|live|release"),
    ("staging", r"stag\w*|stg|preprod|uat"),
    ("dev", r"dev|develop|development|local|minikube|kind"),
    (
        "",
        r"test|tests|e2e|ci|qa|preview|base|bases|example|examples|sample|samples|docs|components",
    ),
)
_KUSTOMIZATION = ("kustomization.yaml", "kustomization.yml", "Kustomization")
_MANIFESTS = (".yaml", ".yml", ".json")
NEUTRAL = "neutral"
"""The role of a file that is named for nothing."""


@dataclass(frozen=True)
class Definition:
    """`source` as parity.toml names it, `files` for it, the found files that these cover, and in half a
    sentence why these.
    """

    name: str = "prod"
    source: str = "compose"
    files: tuple[Path, ...] = ()
    used: tuple[Path, ...] = ()
    why: str = ""
    env_files: tuple[Path, ...] = ()
    profiles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """One file. `kind`: compose, swarm, kubernetes, ecs, cloudrun, helm, devcontainer; `runs`: something runs by it."""

    kind: str
    file: Path
    variant: str = ""
    runs: bool = True


def choose(found: Sequence[Found], root: Path) -> list[Definition]:
    """The environments of the first notation that has any, production first; nothing where none has."""
    for kind, pick in (("kubernetes", _kubernetes), ("ecs", _files), ("cloudrun", _files)):
        here = [each for each in found if each.kind == kind]
        if any(each.runs for each in here):
            return pick(here, root)
    return []


def unused(found: Sequence[Found], chosen: Sequence[Definition]) -> list[Found]:
    """What no environment is read from."""
    named = [path for each in chosen for path in (*each.files, *each.used)]
    return [f for f in found if not any(map(f.file.is_relative_to, named))]


def role(file: Path, root: Path) -> str:
    """prod, staging or dev by the words of its path; an empty text for what is none of them for certain,
    like a base or an example; else `neutral`.
    """
    below = str(file.relative_to(root))
    for name, words in _ROLES:
        if re.search(rf"(?<![a-z])(?:{words})(?![a-z])", below, re.IGNORECASE):
            return name
    return NEUTRAL


def _kubernetes(found: Sequence[Found], root: Path) -> list[Definition]:
    folders = list(_overlays([f.file for f in found if f.file.name in _KUSTOMIZATION]))
    if not folders:
        return _files(found, root)
    overlays = _of_overlays(folders, found, root)
    built = {file for folder in folders for file in _built_of(folder, [f.file for f in found])}
    running = frozenset(f.file for f in found if f.runs and f.file.name not in _KUSTOMIZATION)
    return _the_more(overlays, [f for f in found if f.file not in built], running, root)


def _the_more(
    overlays: list[Definition], rest: Sequence[Found], running: frozenset[Path], root: Path
) -> list[Definition]:
    """Overlays, or the plain files beside them: where these are named for production and the overlays
    are not, or where twice as much runs by them.
    """
    files = [each for each in rest if each.file.name not in _KUSTOMIZATION]
    runs = running.intersection(each.file for each in files)
    if not runs:
        return overlays
    first = overlays[0]
    plain = _files(files, root)
    named = role(first.files[0], root) == "prod"
    if not named and any(role(file, root) == "prod" for file in runs.intersection(plain[0].used)):
        local = replace(first, name="dev") if len(overlays) == 1 else None
        return [plain[0], *([local] if local else overlays[1:])]
    of_overlay = running.intersection(first.used)
    return plain if len(runs.intersection(plain[0].used)) > 2 * len(of_overlay) else overlays


def _of_overlays(folders: Sequence[Path], found: Sequence[Found], root: Path) -> list[Definition]:
    by_role = _grouped(folders, lambda folder: role(folder, root))
    running = {f.file for f in found if f.runs and f.file.name not in _KUSTOMIZATION}

    def rank(folder: Path) -> tuple[bool, int, str]:
        """Those by which something runs before those of policies and other configuration."""
        return not running.intersection(_built_of(folder, running)), *_depth(folder, root)

    best = {name: min(group, key=rank) for name, group in by_role.items()}
    first = best.get("prod") or best.get(NEUTRAL) or best.get("") or folders[0]
    files = [each.file for each in found]
    why = "an overlay named for production" if "prod" in best else "the overlay that no other uses"
    several = len(by_role.get("prod", [])) > 1
    near = {
        name: min(
            (o for o in group if not several or _is_near(o, first, files)), key=rank, default=None
        )
        for name, group in by_role.items()
    }
    others = [
        _overlay(name, folder, files, f"an overlay named for {name}")
        for name in ("staging", "dev")
        if (folder := near.get(name)) and folder != first
    ]
    return [_overlay("prod", first, files, why), *others]


def _is_near(folder: Path, other: Path, files: Sequence[Path]) -> bool:
    """Whether two overlays are of the same thing: beside each other, or built on the same."""
    return folder.parent == other.parent or bool(
        set(_built_of(folder, files)).intersection(_built_of(other, files))
    )


def _overlay(name: str, folder: Path, files: Sequence[Path], why: str) -> Definition:
    return Definition(name, "kubernetes", (folder,), _built_of(folder, files), why)


def _built_of(folder: Path, files: Iterable[Path]) -> tuple[Path, ...]:
    """Those of the files that a kustomization builds on, however far below."""
    below: set[Path] = set()
    waiting = [folder.resolve()]
    while waiting:
        here = waiting.pop()
        if here not in below:
            below.add(here)
            waiting += [
                each
                for file in map(here.joinpath, _KUSTOMIZATION)
                if file.is_file()
                for each in _names(file)
            ]
    return tuple(file for file in files if {file.resolve(), file.resolve().parent} & below)


def _overlays(files: Sequence[Path]) -> Iterator[Path]:
    """Folders of kustomizations, without components and those that others build on."""
    folders = [file.parent for file in files if not is_component(file)]
    below = {folder for file in files for folder in _names(file)}
    tops = [folder for folder in folders if folder.resolve() not in below]
    yield from tops or folders


def _names(file: Path) -> frozenset[Path]:
    """Files and folders that a kustomization builds on."""
    tree = _tree(file)
    names = [n for key in ("resources", "bases", "components") for n in _list(tree.get(key))]
    return frozenset((file.parent / n).resolve() for n in names if type(n) is str and "\0" not in n)


def is_component(file: Path) -> bool:
    """Whether a kustomization is a part that others take in."""
    return _tree(file).get("kind") == "Component"


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _tree(file: Path) -> Mapping[str, object]:
    import yaml

    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _files(found: Sequence[Found], root: Path) -> list[Definition]:
    """Environments of plain files: what is named for one, and the rest where that alone runs nothing."""
    by_role = _grouped(found, lambda each: role(each.file, root))
    neutral = _one_place(by_role.get(NEUTRAL, []), root)
    chosen = []
    for name in ("prod", "staging", "dev"):
        own = by_role.get(name, [])
        alone = any(each.runs for each in own)
        if own and (alone or neutral):
            why = f"named for {'production' if name == 'prod' else name}"
            chosen.append(_plain(name, own if alone else [*neutral, *own], root, why))
        elif name == "prod":
            rest = neutral or _one_place(found, root)
            alone = set(by_role) == {NEUTRAL}
            why = "the cluster's definition" if alone else "named for no other environment"
            chosen.append(_plain(name, rest, root, why))
    return [one for one in chosen if one.name == "prod" or one.files != chosen[0].files]


def _one_place(found: Sequence[Found], root: Path) -> list[Found]:
    """The files below one folder of the root: that where most runs."""
    places = _grouped(found, lambda each: each.file.relative_to(root).parts[:-1][:1])
    running = {place: sum(f.runs for f in group) for place, group in places.items()}
    if not any(running.values()):
        return []
    return places[min(places, key=lambda place: (-running[place], len(place), place))]


def _plain(name: str, found: Sequence[Found], root: Path, why: str) -> Definition:
    used = tuple(each.file for each in found)
    folder = _common(used)
    whole = folder != root and _all_below(folder) == set(used) and found[0].kind != "ecs"
    return Definition(name, found[0].kind, (folder,) if whole else used, used, why)


def _common(files: Sequence[Path]) -> Path:
    first = files[0].parent
    return next(
        folder for folder in (first, *first.parents) if all(f.is_relative_to(folder) for f in files)
    )


def _all_below(folder: Path) -> set[Path]:
    """What a source reads that is given the folder."""
    return {
        file
        for file in folder.rglob("*")
        if file.suffix in _MANIFESTS
        and not any(part.startswith(".") for part in file.relative_to(folder).parts[:-1])
        and file.is_file()
    }


def _grouped(things: Sequence[_T], key: Callable[[_T], _K]) -> Mapping[_K, list[_T]]:
    groups: dict[_K, list[_T]] = {}
    for thing in things:
        groups.setdefault(key(thing), []).append(thing)
    return groups


def _depth(file: Path, root: Path) -> tuple[int, str]:
    below = str(file.relative_to(root))
    return below.count("/"), below
