"""What is read for a definition: files, folders, kustomizations, a live namespace."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from parity import kubectl_cli
from parity.errors import DefinitionError
from parity.kubectl_cli import Answer
from parity.sources.k8s.kustomized import Kustomized, is_component
from parity.sources.k8s.objects import Object, objects
from parity.sources.k8s.refuse import is_template
from parity.sources.yaml_tree import parse, text_of

KUSTOMIZATIONS = ("kustomization.yaml", "kustomization.yml", "Kustomization")
SUFFIXES = (".yaml", ".yml", ".json")
_MOST_FILES = 5000


@dataclass(frozen=True)
class FilePart:
    """A plain file."""

    file: Path

    def read(self, namespace: str) -> Iterator[Object]:
        """Its objects."""
        text = text_of(self.file)
        try:
            trees = parse(text, str(self.file))
        except DefinitionError as error:
            if is_template(text) or "{{" in text:
                raise _template(error) from error
            raise
        for tree in trees:
            yield from objects(tree, namespace)


@dataclass(frozen=True)
class KustomizationPart:
    """A kustomization, being built."""

    folder: Path
    answer: Answer

    def read(self, namespace: str) -> Iterator[Object]:
        """The objects of its output."""
        try:
            text, _ = self.answer.text()
        except DefinitionError as error:
            if is_component(self.folder):
                raise DefinitionError(
                    "a kustomize Component: it changes what others bring",
                    where=error.where,
                    next_step="name the folder of the overlay that uses it",
                    detail=error.message,
                ) from error
            raise
        known = Kustomized(self.folder)
        for tree in parse(text, str(self.folder)):
            yield from objects(tree, namespace, known.origin)


Part = FilePart | KustomizationPart


def parts(path: Path) -> list[Part]:
    """Begin to read a file or folder; raises DefinitionError for what is none."""
    if "\0" in str(path) or not os.path.exists(path):  # noqa: PTH110 - of any length
        raise DefinitionError(
            f"no such file or folder: {path}".replace("\0", "\\0"),
            next_step="mend the path in parity.toml",
        )
    if not path.is_dir() and not path.is_file():
        raise DefinitionError(
            "it is neither a file nor a folder",
            where=str(path),
            next_step="mend the path in parity.toml",
        )
    if path.is_file() and path.name in KUSTOMIZATIONS:
        path = path.parent
    if path.is_file():
        return [FilePart(path)]
    found = list(_below(path))
    folders = [folder for folder in found if folder.is_dir()]
    if len(folders) > 1 or (folders and len(found) > 1):
        raise DefinitionError(
            f"it holds {len(folders)} kustomizations"
            + (" and plain manifests" if len(found) > len(folders) else ""),
            where=str(path),
            next_step=f"name the one that production is made of, e.g. {folders[-1]}",
        )
    if not found:
        raise DefinitionError(
            "no manifests in it", where=str(path), next_step="mend the path in parity.toml"
        )
    return [_part(each) for each in found]


def _part(path: Path) -> Part:
    if path.is_dir():
        return KustomizationPart(path, kubectl_cli.kustomize(path))
    return FilePart(path)


def _below(folder: Path) -> Iterator[Path]:
    """Manifests and kustomizations of a folder, in the order of their names."""
    if any((folder / name).is_file() for name in KUSTOMIZATIONS):
        yield folder
        return
    if (folder / "Chart.yaml").is_file():
        raise DefinitionError(
            "a Helm chart",
            where=str(folder / "Chart.yaml"),
            next_step="render it with `helm template` and name the output",
        )
    for number, path in enumerate(sorted(folder.iterdir())):
        if number > _MOST_FILES:
            raise DefinitionError(
                f"more than {_MOST_FILES} files", where=str(folder), next_step="name the right one"
            )
        if path.is_dir() and not path.name.startswith(".") and not path.is_symlink():
            yield from _below(path)
        elif path.suffix in SUFFIXES and path.is_file():
            yield path


def _template(error: DefinitionError) -> DefinitionError:
    return DefinitionError(
        "a template: `{{` stands in it",
        where=error.where,
        next_step="render it (`helm template`) and name the output",
    )
