"""Finds task definitions and services in a file, whichever tool's it is."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from parity.errors import DefinitionError
from parity.model.document import Path
from parity.model.environment import Loss
from parity.sources.ecs_task.functions import Functions
from parity.sources.ecs_task.shape import below, camel, lower_path, lowered
from parity.sources.ledger import Ledger, Node, summary
from parity.sources.yaml_tree import Tree

_TASK, _SERVICE = "AWS::ECS::TaskDefinition", "AWS::ECS::Service"
_OTHER = "no part of a task definition: what it makes is not in the document"
_READ_OF_TEMPLATE = (
    "AWSTemplateFormatVersion",
    "Description",
    "Metadata",
    "Parameters",
    "Resources",
)
_TEMPLATE = re.compile(r"\{\{(?!resolve:)")
_UNRENDERED = re.compile(r"\$\{|\{%|<%")


@dataclass
class Found:
    """What a file holds. A definition's `name` begins the paths of its losses."""

    tasks: list["Part"] = field(default_factory=list)
    services: list["Part"] = field(default_factory=list)
    losses: list[Loss] = field(default_factory=list)


@dataclass
class Part:
    """One task definition or service, ready to be read."""

    ledger: Ledger
    names: frozenset[str]
    """What a service may call it: its family, its resource's name."""
    notes: Mapping[Path, str] = field(default_factory=dict)

    @property
    def root(self) -> Node:
        """The whole of it."""
        return self.ledger.root


def find(tree: Tree, known: Mapping[str, str], found: Found) -> None:
    """Add what a document holds; DefinitionError where that is nothing of ECS, or a template."""
    data = tree.data
    if isinstance(data, list) and data:
        for index, item in enumerate(data):
            find(below(tree, (index,), item), known, found)
        return
    if not isinstance(data, dict):
        raise _nothing(tree)
    if isinstance(data.get("Resources"), dict):
        _cloudformation(tree, known, found)
    elif "planned_values" in data or ("terraform_version" in data and "values" in data):
        _terraform(tree, found)
    else:
        _plain(lowered(tree), found)


def refuse_template(text: str, file: str) -> None:
    """Raise DefinitionError, with the line, for a text that has yet to be rendered."""
    match = _TEMPLATE.search(text)
    if match:
        line = text.count("\n", 0, match.start()) + 1
        raise DefinitionError(
            "it is a template, not a task definition: `{{ … }}` has yet to be filled in",
            where=f"{file}:{line}",
            next_step="render it (`ecspresso render taskdef`) and name the result under `files`",
        )


def check_rendered(node: Node) -> None:
    """The same for one value of a definition."""
    if isinstance(node.value, str) and _UNRENDERED.search(node.value):
        raise node.error(
            f"{node.title} has yet to be filled in: the file is a template",
            "render it and name the result under `files`",
        )


def _plain(tree: Tree, found: Found) -> None:
    data: dict[str, Any] = tree.data
    inner = data.get("taskDefinition")
    if isinstance(inner, dict):
        _add_task(below(tree, ("taskDefinition",), inner), found)
        _beside(
            data,
            ("taskDefinition",),
            "beside the task definition, for AWS's own book-keeping",
            found,
        )
    elif "containerDefinitions" in data:
        _add_task(tree, found)
    elif isinstance(data.get("services"), list) and data["services"]:
        for index, item in enumerate(data["services"]):
            if not isinstance(item, dict) or "desiredCount" not in item:
                raise _nothing(tree)
            _add_service(below(tree, ("services", index), item), found)
    elif {"desiredCount", "deploymentConfiguration", "loadBalancers"} & set(data):
        _add_service(tree, found)
    else:
        raise _nothing(tree)


def _add_task(
    tree: Tree, found: Found, name: str = "", notes: Mapping[Path, str] | None = None
) -> None:
    family = str(tree.data.get("family") or "") if isinstance(tree.data, dict) else ""
    ledger = Ledger(tree.data, name=name or family, origin=tree.origin)
    found.tasks.append(Part(ledger, frozenset({family, name} - {""}), notes or {}))


def _add_service(
    tree: Tree, found: Found, name: str = "", notes: Mapping[Path, str] | None = None
) -> None:
    called = str(tree.data.get("serviceName") or "service")
    ledger = Ledger(tree.data, name=name or called, origin=tree.origin)
    found.services.append(Part(ledger, frozenset(), notes or {}))


def _cloudformation(tree: Tree, known: Mapping[str, str], found: Found) -> None:
    before = len(found.tasks)
    _beside(tree.data, _READ_OF_TEMPLATE, "of the template; no task definition is in it", found)
    for name, resource in tree.data["Resources"].items():
        kind = resource.get("Type") if isinstance(resource, dict) else None
        if kind not in (_TASK, _SERVICE):
            found.losses.append(Loss(f"Resources.{name}", str(kind or ""), _OTHER))
            continue
        if "Condition" in resource:
            reason = "it is made only where the condition holds, which is not known here"
            found.losses.append(
                Loss(f"Resources.{name}.Condition", str(resource["Condition"]), reason)
            )
        functions = Functions(tree.data, known)
        properties = resource.get("Properties")
        path = ("Resources", name, "Properties")
        part = lowered(below(tree, path, functions.resolve(properties)))
        if not isinstance(part.data, dict):
            raise DefinitionError(
                f"the resource {name} has no properties",
                where=str(part.origin()),
                next_step="mend the template",
            )
        notes = {lower_path(path): note for path, note in functions.notes.items()}
        (_add_task if kind == _TASK else _add_service)(part, found, str(name), notes)
    if len(found.tasks) == before:
        raise _nothing(tree)


def _beside(data: Mapping[str, Any], read: tuple[str, ...], reason: str, found: Found) -> None:
    """What else a file has at its top."""
    for key, value in data.items():
        if key not in read and value not in (None, [], {}):
            found.losses.append(Loss(str(key), summary((key,), value), reason))


def _terraform(tree: Tree, found: Found) -> None:
    before = len(found.tasks)
    top = "planned_values" if "planned_values" in tree.data else "values"
    root = (tree.data.get(top) or {}).get("root_module") or {}
    for resource, path in _resources(root, (top, "root_module")):
        kind, values = resource.get("type"), resource.get("values")
        address = str(resource.get("address") or resource.get("name") or "")
        if kind != "aws_ecs_task_definition" or not isinstance(values, dict):
            found.losses.append(Loss(address, str(kind or ""), _OTHER))
            continue
        part = below(tree, (*path, "values"), _terraform_task(values, tree, address))
        _add_task(part, found, address)
    if len(found.tasks) == before:
        raise _nothing(tree)


def _resources(module: Any, path: Path) -> Iterator[tuple[dict[str, Any], Path]]:
    rows = module.get("resources") if isinstance(module, dict) else None
    for index, resource in enumerate(rows if isinstance(rows, list) else ()):
        if isinstance(resource, dict):
            yield resource, (*path, "resources", index)
    children = module.get("child_modules") if isinstance(module, dict) else None
    for index, child in enumerate(children if isinstance(children, list) else ()):
        yield from _resources(child, (*path, "child_modules", index))


def _terraform_task(values: dict[str, Any], tree: Tree, address: str) -> dict[str, Any]:
    """A resource's values as the API has them: blocks are lists, containers a JSON text."""
    task: dict[str, Any] = camel({k: v for k, v in values.items() if v not in (None, [], "")})
    for name in ("runtimePlatform", "ephemeralStorage", "proxyConfiguration"):
        if isinstance(task.get(name), list):
            task[name] = task[name][0]
    try:
        task["containerDefinitions"] = json.loads(values.get("container_definitions") or "")
    except (ValueError, TypeError, RecursionError) as error:
        raise DefinitionError(
            f"the containers of {address} are not known in this plan",
            where=str(tree.origin()),
            next_step="apply it first, or name the task definition itself",
        ) from error
    volumes = task.pop("volume", None)
    if isinstance(volumes, list):
        task["volumes"] = [_volume(volume) for volume in volumes]
    return task


def _volume(volume: Any) -> Any:
    if not isinstance(volume, dict):
        return volume
    made = {
        name: value[0] if isinstance(value, list) and value else value
        for name, value in volume.items()
        if value not in (None, [], "")
    }
    if "hostPath" in made:
        made["host"] = {"sourcePath": made.pop("hostPath")}
    return made


def _nothing(tree: Tree) -> DefinitionError:
    return DefinitionError(
        "no ECS task definition in it",
        where=str(tree.origin()),
        next_step="name the file that has `containerDefinitions`, "
        "or a CloudFormation template with an AWS::ECS::TaskDefinition",
    )
