"""What `parity init` decided without knowing, each in a sentence that names its reason."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from parity.actions.composed import is_local, is_named
from parity.actions.init_compose import builds, of_nothing, stands_alone
from parity.actions.init_variables import is_example
from parity.actions.orchestrated import Definition, Found, is_component, role, unused

_MOST = 5


def guesses(root: Path, found: Sequence[Found], chosen: Sequence[Definition]) -> list[str]:
    """Of the environments first, then of all of them, then of what is left out."""
    said = [text for one in chosen for text in _of_environment(root, one)]
    built = built_here(chosen)
    if built:
        said.append(f"built here, as no registry has their images: {', '.join(built)}")
    rest = unused(found, chosen)
    parts = [f.file for f in rest if f.kind == "compose" and f.variant and not _whole(f)]
    if parts:
        names = _listed(root, parts)
        said.append(f"left out, as they are parts to choose from: {names}")
    others = [folder for folder in _projects(root, rest, chosen) if folder != root]
    if others:
        names = _listed(root, others)
        said.append(f"left out, as other projects: {names} (`parity -C FOLDER init` for one)")
    return said + [
        f"the chart {place} is not rendered: `helm template {place} > rendered.yaml` gives manifests"
        for place in _charts(root, found)
    ]


def built_here(chosen: Sequence[Definition]) -> tuple[str, ...]:
    """Services of production that are built here."""
    if not chosen or chosen[0].source != "compose":
        return ()
    return builds(chosen[0].used, chosen[0].profiles)


def _of_environment(root: Path, one: Definition) -> Iterator[str]:
    for file in one.env_files:
        if is_example(file):
            yield f"{one.name}: variables have the values of {file.relative_to(root)}, an example"
    for name in one.profiles:
        yield f"{one.name}: the profile `{name}` is active, as nothing runs without one"
    for name in of_nothing(one.used)[:1] if one.source == "compose" else ():
        yield f"{one.name}: nothing gives {name} an image, so this can be compared and not run"


def _whole(one: Found) -> bool:
    return is_local(one) or stands_alone(one.file)


def _projects(root: Path, rest: Sequence[Found], chosen: Sequence[Definition]) -> list[Path]:
    """Folders with definitions that have nothing to do with those that are used."""
    own = {file.parent for one in chosen for file in one.used}
    base = [f for f in rest if f.kind == "compose" and (not f.variant or is_named([f]))]
    overlays = [
        f
        for f in rest
        if f.file.name.lower().startswith("kustomization")
        and role(f.file, root) == "prod"
        and not is_component(f.file)
    ]
    apart = [f.file.parent for f in (*base, *overlays) if not _related(f.file.parent, own)]
    return list(dict.fromkeys(apart))


def _related(folder: Path, own: set[Path]) -> bool:
    return any(folder.is_relative_to(each) or each.is_relative_to(folder) for each in own)


def _charts(root: Path, found: Sequence[Found]) -> list[Path]:
    """Charts that are no part of another."""
    folders = [each.file.parent for each in found if each.kind == "helm"]
    tops = [folder for folder in folders if not set(folders).intersection(folder.parents)]
    return [folder.relative_to(root) for folder in tops]


def _listed(root: Path, paths: Sequence[Path]) -> str:
    names = [str(path.relative_to(root)) for path in paths]
    more = f" and {len(names) - _MOST} more" if len(names) > _MOST else ""
    return ", ".join(names[:_MOST]) + more
