"""A task: its containers, which of them start first, and whose network they share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from parity.errors import DefinitionError
from parity.sources.ecs_task.find import Part
from parity.sources.ecs_task.secrets import SecretNames
from parity.sources.ecs_task.values import flag
from parity.sources.k8s.draft import Draft, ServiceDraft
from parity.sources.ledger import Node

ENDS = ("COMPLETE", "SUCCESS")
SHARED, HOST, NONE, BRIDGE = "awsvpc", "host", "none", "bridge"


@dataclass(eq=False)
class Container:
    """One container; `service` is its service in the document."""

    node: Node
    name: str
    service: ServiceDraft
    essential: bool = True
    after: Mapping[str, str] = field(default_factory=dict)
    """The containers it waits for, with ECS's condition."""
    job: bool = False
    """It runs to its end before others start."""


@dataclass(eq=False)
class Task:
    """One task definition under translation."""

    part: Part
    draft: Draft
    secrets: SecretNames
    mode: str
    containers: list[Container]

    @property
    def root(self) -> Node:
        """The definition."""
        return self.part.root

    @property
    def name(self) -> str:
        """The family."""
        return self.root.at("family").text() or self.part.ledger.name

    @property
    def staying(self) -> list[Container]:
        """The containers that stay, in the order in which they can start."""
        return [each for each in self.containers if not each.job] or self.containers

    @property
    def owner(self) -> Container:
        """Whose network namespace the others share: the first essential one that waits for none."""
        names = {each.name for each in self.staying}
        first = [each for each in self.staying if not names & set(each.after)] or self.staying
        return next((each for each in first if each.essential), first[0])

    def container(self, name: str) -> Container | None:
        """The container of that name."""
        return next((each for each in self.containers if each.name == name), None)

    def shares(self, found: Container) -> bool:
        """Whether the container lives in the owner's network namespace."""
        return self.mode == SHARED and not found.job and found is not self.owner


def tasks(parts: Iterable[Part], draft: Draft) -> list[Task]:
    """The tasks of all definitions; each container gets a service of its own name."""
    rows = list(parts)
    named = [name for part in rows for name in _names(part)]
    taken: set[str] = set()
    made = []
    secrets = SecretNames()
    for part in rows:
        nodes = list(part.root.at("containerDefinitions").each())
        if not nodes:
            raise part.root.error("a task definition without containers")
        containers = []
        for node in nodes:
            name = node.table().at("name").text()
            if not name:
                raise node.error("a container without a name")
            several = named.count(name) > 1
            service = _unused(_qualified(part, name, len(nodes)) if several else name, taken)
            containers.append(Container(node, name, ServiceDraft(draft, service)))
        made.append(Task(part, draft, secrets, _mode(part.root), containers))
        _roles(made[-1])
    return made


def _names(part: Part) -> list[str]:
    rows = part.root.at("containerDefinitions").value
    if not isinstance(rows, list):
        return []
    return [str(row.get("name")) for row in rows if isinstance(row, dict)]


def _qualified(part: Part, name: str, containers: int) -> str:
    family = part.root.at("family").text() or part.ledger.name
    return family if containers == 1 else f"{family}-{name}"


def _unused(name: str, taken: set[str]) -> str:
    found, number = name, 2
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    taken.add(found)
    return found


def _mode(root: Node) -> str:
    needs = [text.upper() for text in root.at("requiresCompatibilities").texts()]
    mode = root.at("networkMode").text()
    if mode not in ("", SHARED, HOST, NONE, BRIDGE):
        raise root.at("networkMode").error(f"`{mode}` is no network mode of ECS")
    return mode or (SHARED if "FARGATE" in needs else BRIDGE)


def _roles(task: Task) -> None:
    ended: set[str] = set()
    for found in task.containers:
        found.essential = flag(found.node.at("essential"), default=True)
        found.after = _after(task, found)
        ended |= {name for name, condition in found.after.items() if condition in ENDS}
    for found in task.containers:
        found.job = found.name in ended
    task.containers = _in_order(task)


def _after(task: Task, found: Container) -> dict[str, str]:
    after = {}
    for row in found.node.at("dependsOn").each():
        name = row.table().at("containerName").text()
        condition = row.at("condition").text("START").upper()
        if task.container(name) is None:
            raise row.error(f"{found.name} waits for `{name}`, which is no container of the task")
        if condition not in ("START", "HEALTHY", *ENDS):
            raise row.error(f"`{condition}` is no condition of dependsOn")
        after[name] = condition
    return after


def _in_order(task: Task) -> list[Container]:
    """As written, but nothing before what it waits for."""
    done: list[Container] = []
    rest = list(task.containers)
    while rest:
        ready = next((c for c in rest if not {other.name for other in rest} & set(c.after)), None)
        if ready is None:
            circle = ", ".join(c.name for c in rest)
            raise DefinitionError(
                f"containers wait for each other in a circle: {circle}",
                where=rest[0].node.where,
                next_step="take one `dependsOn` out",
            )
        done.append(ready)
        rest.remove(ready)
    return done
