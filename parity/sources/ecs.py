"""The ecs source: task definitions of Amazon ECS, from files of several tools or from AWS itself."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from parity.errors import DefinitionError
from parity.model.environment import Environment
from parity.paths import resolved
from parity.sources.contract import Request
from parity.sources.ecs_task.find import Found, find, refuse_template
from parity.sources.ecs_task.translate import translate
from parity.sources.yaml_tree import Tree, parse, text_of

SOURCE = "ecs"
SILENT: frozenset[str] = frozenset((
    "annotations", "attach", "blkio_config", "build", "cgroup", "cgroup_parent", "configs",
    "container_name", "cpu_count", "cpu_percent", "cpu_period", "cpu_quota", "cpu_rt_period",
    "cpu_rt_runtime", "cpu_shares", "cpuset", "deploy.endpoint_mode", "deploy.labels",
    "deploy.mode", "deploy.placement", "deploy.resources.limits.cpus",
    "deploy.resources.limits.pids", "deploy.restart_policy",
    "deploy.rollback_config", "deploy.update_config", "develop", "device_cgroup_rules", "dns_opt",
    "domainname", "expose", "external_links", "group_add", "healthcheck.start_interval",
    "isolation", "label_file", "links", "mac_address", "models", "networks", "oom_kill_disable",
    "oom_score_adj", "post_start", "pre_stop", "profiles", "provider", "pull_policy", "restart",
    "runtime", "scale", "secrets", "stop_signal", "storage_opt", "use_api_socket", "userns_mode",
    "uts", "x-parity",
))  # fmt: skip
_SUFFIXES = (".json", ".yaml", ".yml", ".template")
_HEAD = 1024**2
_SIGN = re.compile(
    r"""["']?containerDefinitions["']?\s*:|AWS::ECS::TaskDefinition|"aws_ecs_task_definition\"""",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class FileReading:
    """Files that are being read."""

    request: Request
    files: tuple[Path, ...]
    texts: tuple[str, ...]

    def result(self) -> Environment:
        """The environment; raises DefinitionError with file and line."""
        found = Found()
        for file, text in zip(self.files, self.texts, strict=True):
            refuse_template(text, str(file))
            trees = parse(text, str(file), tags=True)
            if not trees:
                raise DefinitionError(
                    "nothing is in it", where=str(file), next_step="is it the right file?"
                )
            for tree in trees:
                find(tree, _known(self.request), found)
        names = tuple(map(str, self.files))
        if not found.tasks:
            raise DefinitionError(
                "no ECS task definition in it, only a service",
                where=names[0],
                next_step="name the task definition's file, too, under `files`",
            )
        return translate(self.request.name, SOURCE, names, found, SILENT, root=self.request.root)


@dataclass(frozen=True)
class LiveReading:
    """A family or service that AWS is asked for."""

    request: Request

    def result(self) -> Environment:
        """The environment; UnreachableError where AWS does not answer."""
        from parity.sources.ecs_task.live import describe

        where = f"ecs {self.request.project}"
        found = Found()
        for answer in describe(self.request.project, self.request.context):
            answer.pop("ResponseMetadata", None)
            # Times are no JSON; nothing reads them.
            data = json.loads(json.dumps(answer, default=str))
            find(Tree(where, data), _known(self.request), found)
        return translate(self.request.name, SOURCE, (where,), found, SILENT, root=self.request.root)


def recognises(path: Path) -> bool:
    """Whether it is a file with `containerDefinitions`, or a template of AWS or Terraform with some."""
    try:
        if path.suffix not in _SUFFIXES or not path.is_file():
            return False
        with path.open(encoding="utf-8", errors="replace") as file:
            return bool(_SIGN.search(file.read(_HEAD)))
    except (OSError, ValueError):
        return False


def start(request: Request) -> FileReading | LiveReading:
    """Begin to read files, or the live family (`project`) of a region (`context`)."""
    if not request.files:
        if request.project:
            return LiveReading(request)
        raise DefinitionError(
            "no task definition is named",
            next_step="name its file under `files` in parity.toml, or its family under `project`",
        )
    files = tuple(
        request.root / name if "\0" in name else resolved(request.root / name)
        for name in request.files
    )
    return FileReading(request, files, tuple(text_of(file) for file in files))


def _known(request: Request) -> dict[str, str]:
    """CloudFormation's pseudo parameters, where parity.toml says them."""
    found = {"AWS::Region": request.context, "AWS::StackName": request.project}
    return {name: value for name, value in found.items() if value}
