"""Networks and ports: one network namespace a task with awsvpc, one a container otherwise."""

from collections.abc import Iterator

from parity.model.document import Document
from parity.sources.ecs_task.task import BRIDGE, HOST, NONE, SHARED, Container, Task
from parity.sources.ecs_task.values import flag, number, text
from parity.sources.ledger import Fate, Node

_ITS_OWN = "the container shares another one's network, whose name and resolver it has"
_MOST_PORTS = 100
_LAST_PORT = 65535


def network(task: Task, container: Container) -> None:
    """Write where the container is, its names, and the ports it opens."""
    service, node = container.service, container.node
    if flag(node.at("disableNetworking")) or task.mode == NONE:
        service.put(("network_mode",), "none", node.at("disableNetworking") or None)
    elif task.mode == HOST:
        service.put(("network_mode",), "host", task.root.at("networkMode"))
    elif task.shares(container):
        service.put(("network_mode",), f"service:{task.owner.service.name}", node)
    else:
        service.put(("networks",), {"default": None})
    _names(task, container)
    _ports(task, container)


def _names(task: Task, container: Container) -> None:
    node, service = container.node, container.service
    if task.shares(container):
        for name in ("hostname", "dnsServers", "dnsSearchDomains", "extraHosts"):
            _lose_or_nothing(node.at(name), _ITS_OWN)
        return
    if node.at("hostname").text():
        service.put(("hostname",), node.at("hostname").text(), node.at("hostname"))
    for field, key in (("dnsServers", "dns"), ("dnsSearchDomains", "dns_search")):
        for row in node.at(field).each():
            service.add((key,), row.text(), row)
    for row in node.at("extraHosts").each():
        line = f"{row.table().at('hostname').text()}={row.at('ipAddress').text()}"
        service.add(("extra_hosts",), line, row)


def _lose_or_nothing(node: Node, reason: str) -> None:
    if node.value in ([], {}, ""):
        node.mark(Fate.STRUCTURE)
    else:
        node.lose(reason)


def _ports(task: Task, container: Container) -> None:
    # Who shares a network has its ports opened by the owner of it.
    service = task.owner.service if task.shares(container) else container.service
    for row in container.node.at("portMappings").each():
        for port in _targets(row.table()):
            if task.mode in (HOST, NONE):
                row.at("hostPort").mark(Fate.STRUCTURE)
                service.add(("expose",), str(port), row)
                continue
            service.add(("ports",), _port(task, row, port), row)


def _targets(row: Node) -> Iterator[int]:
    ranged = row.at("containerPortRange")
    if not ranged:
        port = number(row.at("containerPort"))
        if port is None or not 0 < port <= _LAST_PORT:
            raise row.error("a port mapping without a port between 1 and 65535")
        yield port
        return
    first, _, last = ranged.text().partition("-")
    if not (first.isdecimal() and last.isdecimal()):
        raise ranged.error(f"`{ranged.value}` is no range of ports")
    if not 0 <= int(last) - int(first) < _MOST_PORTS:
        ranged.lose(f"a range of more than {_MOST_PORTS} ports")
        return
    yield from range(int(first), int(last) + 1)


def _port(task: Task, row: Node, target: int) -> Document:
    protocol = row.at("protocol").text("tcp").lower()
    port: Document = {"mode": "ingress", "target": target, "protocol": protocol}
    host = number(row.at("hostPort"))
    if task.mode == SHARED:
        host = target  # the task has an address of its own
    if host:
        port["published"] = str(host)
    for field, key in (("name", "name"), ("appProtocol", "app_protocol")):
        if row.at(field).text():
            port[key] = text(row.at(field))
    return port


def links(task: Task, container: Container) -> None:
    """Write the names that links give to other containers, once all are on their networks."""
    for row in container.node.at("links").each():
        name, _, alias = row.text().partition(":")
        other = task.container(name)
        if other is None:
            raise row.error(f"a link to `{name}`, which is no container of the task")
        if task.mode != BRIDGE:
            row.lose("ECS has links in bridge mode only")
        elif alias and alias != other.service.name:
            other.service.add(("networks", "default", "aliases"), alias, row)
        elif name != other.service.name:
            other.service.add(("networks", "default", "aliases"), name, row)
