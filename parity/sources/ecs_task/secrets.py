"""Variables and secrets of a container. A secret's value is never here: its name is."""

import re
from typing import TYPE_CHECKING

from parity.model.reference import reference
from parity.sources.ecs_task.values import text
from parity.sources.ledger import Node

if TYPE_CHECKING:
    from parity.sources.ecs_task.task import Container, Task

_RANDOM_END = re.compile(r"-[A-Za-z0-9]{6}$")
_REFERENCE = re.compile(r"\$\{secret:([^}]*)\}")


class SecretNames:
    """Names of secrets by where their values are, each short and of one secret only."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def of(self, place: str) -> str:
        """The name of the secret at an ARN or a parameter's path."""
        if place not in self._names:
            taken = set(self._names.values())
            parts = _parts(place)
            wanted = ["_".join(parts[-length:]) for length in range(1, len(parts) + 1)]
            numbered = (f"{wanted[-1]}_{number}" for number in range(2, len(taken) + 3))
            self._names[place] = next(name for name in (*wanted, *numbered) if name not in taken)
        return self._names[place]


def _parts(place: str) -> list[str]:
    """What a secret may be called by, the last one first to try: `prod/db:password::` -> password."""
    place = _REFERENCE.sub(lambda match: match[1].replace(":", "_"), place)
    key = ""
    if ":secret:" in place:
        name, _, rest = place.partition(":secret:")[2].partition(":")
        key = rest.partition(":")[0]
        place = _RANDOM_END.sub("", name)
    elif ":parameter" in place:
        place = place.partition(":parameter")[2]
    found = [part for part in re.split(r"[/:]+", place) if part]
    found = [re.sub(r"[^\w.-]", "_", part) for part in (*found, key) if part]
    return found or ["secret"]


def environment(task: "Task", container: "Container") -> None:
    """Write variables, then secrets, which win."""
    node, service = container.node, container.service
    rows: dict[str, Node] = {}
    for row in node.at("environment").each():
        name = _name(row)
        if name in rows:
            rows[name].lose("a later setting of the same variable wins")
        rows[name] = row
        service.put(("environment", name), text(row.at("value")), row.at("value") or row)
    for row in node.at("secrets").each():
        name = _name(row)
        place = row.at("valueFrom").text()
        if not place:
            raise row.error(f"the secret {name} has no `valueFrom`")
        service.put(("environment", name), reference(task.secrets.of(place)), row.at("valueFrom"))
    for row in node.at("environmentFiles").each():
        row.lose("the file is in S3: its variables are not known here")


def _name(row: Node) -> str:
    name = row.table().at("name").text()
    if not name or "=" in name or "\0" in name:
        raise row.error(f"`{name}` is no name of a variable")
    return name


def logging(task: "Task", container: "Container") -> None:
    """Write the log driver and its options."""
    log = container.node.at("logConfiguration").table()
    if not log:
        return
    service = container.service
    service.put(("logging", "driver"), log.at("logDriver").text(), log.at("logDriver"))
    for name, node in log.at("options").entries():
        service.put(("logging", "options", name), text(node), node)
    for row in log.at("secretOptions").each():
        place = reference(task.secrets.of(row.at("valueFrom").text()))
        service.put(("logging", "options", _name(row)), place, row)
