"""The kubernetes source: manifests, folders, kustomizations, rendered charts, live namespaces."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from parity import kubectl_cli
from parity.errors import DefinitionError
from parity.kubectl_cli import Answer
from parity.model.environment import Environment, Loss
from parity.paths import resolved
from parity.sources.contract import Request
from parity.sources.k8s.gather import KUSTOMIZATIONS, SUFFIXES, Part, parts
from parity.sources.k8s.objects import Object, objects
from parity.sources.k8s.translate import translate
from parity.sources.yaml_tree import parse

SOURCE = "kubernetes"
SILENT = frozenset(
    {
        "annotations",
        "attach",
        "blkio_config",
        "build",
        "cgroup",
        "cgroup_parent",
        "container_name",
        "cpu_shares",
        "credential_spec",
        "depends_on",
        "deploy.endpoint_mode",
        "deploy.labels",
        "deploy.mode",
        "deploy.placement",
        "deploy.resources.limits.pids",
        "deploy.restart_policy",
        "deploy.rollback_config",
        "deploy.update_config",
        "develop",
        "device_cgroup_rules",
        "devices",
        "expose",
        "healthcheck.disable",
        "healthcheck.start_interval",
        "init",
        "ipc",
        "isolation",
        "labels",
        "links",
        "logging",
        "mem_swappiness",
        "memswap_limit",
        "networks",
        "oom_kill_disable",
        "oom_score_adj",
        "pids_limit",
        "platform",
        "profiles",
        "scale",
        "stop_signal",
        "storage_opt",
        "ulimits",
        "userns_mode",
        "uts",
    }
)
"""Pods have labels, but theirs select; containers have neither limits of processes nor log drivers."""
_CLOUD_RUN = ("serving.knative.dev/", "run.googleapis.com/")
_HEAD = 64 * 1024


@dataclass(frozen=True)
class FileReading:
    """Files and folders that are being read."""

    name: str
    files: tuple[Path, ...]
    parts: tuple[Part, ...]
    namespace: str

    def result(self) -> Environment:
        """The environment; raises DefinitionError with file and line."""
        files = tuple(map(str, self.files))
        return translate(self.name, SOURCE, files, self._objects(), SILENT)

    def _objects(self) -> Iterator[Object]:
        for part in self.parts:
            yield from part.read(self.namespace)


@dataclass(frozen=True)
class LiveReading:
    """A namespace that is being read."""

    name: str
    answer: Answer
    where: str

    def result(self) -> Environment:
        """The environment; what the cluster refused to show is a loss."""
        text, refused = self.answer.text()
        found = (thing for tree in parse(text, self.where) for thing in objects(tree))
        environment = translate(self.name, SOURCE, (self.where,), found, SILENT)
        losses = tuple(Loss(self.where, "", line) for line in refused)
        return replace(environment, losses=(*losses, *environment.losses))


def recognises(path: Path) -> bool:
    """Whether it is a kustomization, or a file (or folder of files) with `apiVersion` and `kind`."""
    try:
        if path.is_dir():
            names = {child.name for child in path.iterdir()}
            manifests = (path / name for name in sorted(names) if name.endswith(SUFFIXES))
            return bool(names & set(KUSTOMIZATIONS)) or any(map(_is_manifest, manifests))
        return path.name in KUSTOMIZATIONS or _is_manifest(path)
    except (OSError, ValueError):
        return False


def start(request: Request) -> FileReading | LiveReading:
    """Begin to read: the files and folders, or the namespace `project` in the kubectl `context`."""
    if not request.files and (request.project or request.context):
        where = f"namespace {request.project or 'of the context'}"
        where += f" in {request.context}" if request.context else ""
        answer = kubectl_cli.namespace(request.project, request.context)
        return LiveReading(request.name, answer, where)
    if not request.files:
        raise DefinitionError(
            "no manifests are named",
            next_step="name files or folders under `files` in parity.toml, "
            "or a namespace under `project`",
        )
    paths = tuple(inside(request.root, file) for file in request.files)
    found = tuple(part for path in paths for part in parts(path))
    return FileReading(request.name, paths, found, request.project)


def inside(root: Path, file: str) -> Path:
    """The path that a name in parity.toml means."""
    return root / file if "\0" in file else resolved(root / file)


def _is_manifest(path: Path) -> bool:
    if path.suffix not in SUFFIXES or not path.is_file():
        return False
    with path.open(encoding="utf-8", errors="replace") as file:
        head = file.read(_HEAD)
    apis = re.findall(
        r"""(?:^|[{,]) *["']?apiVersion["']? *: *["']?([^\s"',]+)""", head, re.MULTILINE
    )
    kinds = re.search(r"""(?:^|[{,]) *["']?kind["']? *: *["']?\w""", head, re.MULTILINE)
    # A file of nothing but Knative services is Cloud Run's.
    return bool(kinds) and any(not api.startswith(_CLOUD_RUN) for api in apis)
