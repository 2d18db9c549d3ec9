"""The cloudrun source: Knative services and Cloud Run jobs, as their YAML export has them."""

import re
from dataclasses import dataclass
from pathlib import Path

from parity.errors import DefinitionError
from parity.model.environment import Environment
from parity.sources import kubernetes
from parity.sources.contract import Request
from parity.sources.k8s.gather import SUFFIXES, Part, parts
from parity.sources.k8s.knative import KNATIVE
from parity.sources.k8s.translate import is_translated, translate

SOURCE = "cloudrun"
SILENT = kubernetes.SILENT | {
    "cap_add",
    "cap_drop",
    "configs",
    "deploy.resources.reservations",
    "extra_hosts",
    "group_add",
    "healthcheck",
    "hostname",
    "pid",
    "ports",
    "privileged",
    "pull_policy",
    "read_only",
    "restart",
    "security_opt",
    "stop_grace_period",
    "sysctls",
    "tty",
    "user",
}
"""The platform decides on all that concerns the machine."""
_HEAD = 64 * 1024
_OURS = re.compile(
    r"""(?:^|[{,]) *["']?apiVersion["']? *: *["']?(?:serving\.knative\.dev|run\.googleapis\.com)/""",
    re.MULTILINE,
)


@dataclass(frozen=True)
class CloudRunReading:
    """Files that are being read."""

    name: str
    files: tuple[Path, ...]
    parts: tuple[Part, ...]
    namespace: str

    def result(self) -> Environment:
        """The environment; raises DefinitionError with file and line."""
        found = [thing for part in self.parts for thing in part.read(self.namespace)]
        known = [thing for thing in found if is_translated(thing)]
        others = [thing for thing in known if thing.kind not in KNATIVE]
        if known and others == known:
            raise DefinitionError(
                f"no Cloud Run service or job: {', '.join(thing.title for thing in others[:5])}",
                where=others[0].root.where,
                next_step='is it for `source = "kubernetes"`?',
            )
        files = tuple(map(str, self.files))
        return translate(self.name, SOURCE, files, found, SILENT)


def recognises(path: Path) -> bool:
    """Whether it is a file with a Knative service or a Cloud Run job."""
    try:
        if path.suffix not in SUFFIXES or not path.is_file():
            return False
        with path.open(encoding="utf-8", errors="replace") as file:
            return bool(_OURS.search(file.read(_HEAD)))
    except (OSError, ValueError):
        return False


def start(request: Request) -> CloudRunReading:
    """Begin to read the files and folders."""
    if not request.files:
        raise DefinitionError(
            "no definition is named",
            next_step="`gcloud run services describe NAME --format export` writes one; "
            "name it under `files` in parity.toml",
        )
    paths = tuple(kubernetes.inside(request.root, file) for file in request.files)
    found = tuple(part for path in paths for part in parts(path))
    return CloudRunReading(request.name, paths, found, request.project)
