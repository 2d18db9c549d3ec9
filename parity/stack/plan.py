"""Decide: what should run against what runs. Pure: no engine, no clock."""

from collections.abc import Collection, Mapping, Sequence

from parity.model.document import Document, Path, leaves, show
from parity.model.stack import GATEWAY, Action, Cause, Container, Operation, Plan, Resolved
from parity.stack import labels, order, pods
from parity.stack.cluster import is_cluster

_MOST_CAUSES = 8
_LONGEST_VALUE = 60


def make(
    resolved: Resolved,
    containers: Sequence[Container],
    applied: Mapping[str, Document],
    built: Mapping[str, str] | None = None,
) -> Plan:
    """One operation for each service that should be there or is there.

    `applied` are the definitions the containers were made from, for the causes; `built` are the ids
    of images built here, by service.
    """
    by_service: dict[str, list[Container]] = {}
    for container in containers:
        if container.role == labels.PROBE:
            continue
        by_service.setdefault(container.service, []).append(container)
    wanted = resolved.services
    jobs = order.jobs(wanted, {port.service for port in resolved.ports})
    operations = [
        _operation(name, resolved, by_service.get(name, []), applied.get(name), jobs, built or {})
        for name in wanted
    ]
    operations += [
        Operation(Action.REMOVE, name, (Cause("no longer in the definition"),))
        for name in by_service
        if name not in wanted
    ]
    return Plan(tuple(_whole_pods(_follow_namespaces(operations, wanted), resolved)))


def _operation(
    name: str,
    resolved: Resolved,
    present: Sequence[Container],
    applied: Document | None,
    jobs: Collection[str],
    built: Mapping[str, str],
) -> Operation:
    service = resolved.services[name]
    if not present:
        if replicas(service) == 0:
            return Operation(Action.LEAVE, name)
        return Operation(Action.CREATE, name, (Cause("there is none yet"),))
    outdated = _outdated(name, resolved, present, applied, built)
    if outdated:
        return Operation(Action.RECREATE, name, (*outdated, *_reconnects(service, present)))
    idle = [_idle(container, is_job=name in jobs) for container in present]
    causes = tuple(dict.fromkeys(cause for cause in idle if cause is not None))
    return Operation(Action.START if causes else Action.LEAVE, name, causes)


def _outdated(
    name: str,
    resolved: Resolved,
    present: Sequence[Container],
    applied: Document | None,
    built: Mapping[str, str],
) -> tuple[Cause, ...]:
    """Why the containers there are cannot stay; empty where they can."""
    service = resolved.services[name]
    if any(container.hash != resolved.hashes[name] for container in present):
        if name == GATEWAY:
            return (Cause("networks, ports, names or allowed hosts of the stack changed"),)
        return _for_editor(service, present) or differences(applied, service)
    count = replicas(service)
    if len(present) != count:
        return (Cause(f"{len(present)} of {count} replicas"),)
    if name in built and any(container.image_id != built[name] for container in present):
        return (Cause("its image was built anew"),)
    return _apart(service, resolved, present)


def _for_editor(service: Document, present: Sequence[Container]) -> tuple[Cause, ...]:
    """Where an editor comes or goes: that changes so many fields that their names say nothing."""
    before = any(labels.EDITOR in container.labels for container in present)
    after = labels.EDITOR in (service.get("labels") or {})
    if before == after:
        return ()
    return (Cause("room for an editor is made" if after else "the editor's room is given back"),)


def _reconnects(service: Document, present: Sequence[Container]) -> tuple[Cause, ...]:
    """Who works in a container is told that another one takes its place."""
    edited = any(labels.EDITOR in container.labels for container in present)
    stays = labels.EDITOR in (service.get("labels") or {})
    return (Cause("the editor in it connects again"),) if edited and stays else ()


def _apart(
    service: Document, resolved: Resolved, present: Sequence[Container]
) -> tuple[Cause, ...]:
    """Networks that a container should be on and is not."""
    bodies = resolved.document.get("networks") or {}
    wanted = [
        str((bodies.get(key) or {}).get("name", key)) for key in service.get("networks") or ()
    ]
    return tuple(
        Cause(f"{container.name} is not on the network {name} any more")
        for container in present
        for name in wanted
        if container.networks is not None and name not in container.networks
    )


def _idle(container: Container, *, is_job: bool) -> Cause | None:
    if container.state == "running":
        # Who works in a container may well have ended what its check asks.
        if container.health == "unhealthy" and labels.EDITOR not in container.labels:
            return Cause(f"{container.name} is unhealthy")
        return None
    if is_job and (
        (container.state == "exited" and container.exit_code == 0) or is_done(container)
    ):
        return None
    if container.state == "exited":
        return Cause(f"{container.name} exited with code {container.exit_code}")
    return Cause(f"{container.name} is {container.state}")


def is_done(container: Container) -> bool:
    """Whether it is a job that need not run: what it did is in the start state the stack stands on."""
    return container.state == "created" and labels.DONE in container.labels


def _follow_namespaces(
    operations: Sequence[Operation], services: Mapping[str, Document]
) -> list[Operation]:
    renewed = {
        op.service: op.action for op in operations if op.action in (Action.RECREATE, Action.START)
    }
    result = []
    for op in operations:
        mode = str(services.get(op.service, {}).get("network_mode", ""))
        owner = mode.removeprefix("service:")
        if op.action in (Action.LEAVE, Action.START) and owner in renewed:
            cause = Cause(f"shares the network namespace of {owner}, which is renewed")
            result.append(Operation(renewed[owner], op.service, (cause,)))
        else:
            result.append(op)
    return result


def _whole_pods(operations: Sequence[Operation], resolved: Resolved) -> list[Operation]:
    """A cluster makes a pod anew as a whole: with its init containers, and with empty scratch space."""
    found = {op.service: op for op in operations}
    for pod in pods.gather(resolved.document) if is_cluster(resolved.document) else ():
        members = [found[name] for name in pod.members if replicas(resolved.services[name])]
        anew = [op.service for op in members if op.action in (Action.CREATE, Action.RECREATE)]
        for op in members if anew else ():
            if op.service not in anew:
                cause = Cause(f"its pod is made anew, since {anew[0]} is")
                found[op.service] = Operation(Action.RECREATE, op.service, (cause,))
    return list(found.values())


def replicas(service: Document) -> int:
    """How many containers a service has."""
    deploy = service.get("deploy") or {}
    count = service.get("scale", deploy.get("replicas", 1))
    return int(count) if count is not None else 1


def differences(before: Document | None, after: Document) -> tuple[Cause, ...]:
    """Field by field, what changed in a definition; secrets are references on both sides."""
    if before is None:
        return (Cause("its definition changed (the earlier one is not known)"),)
    old, new = _fields(before), _fields(after)
    causes = [
        Cause(_change(old, new, path), show(path))
        for path in {**old, **new}
        if old.get(path) != new.get(path) or (path in old) != (path in new)
    ]
    if not causes:
        return (Cause("a mounted file, a secret or a network of it changed"),)
    if len(causes) > _MOST_CAUSES:
        more = len(causes) - _MOST_CAUSES
        return (*causes[:_MOST_CAUSES], Cause(f"and {more} more"))
    return tuple(causes)


def _fields(definition: Document) -> dict[Path, object]:
    mine = ("labels", labels.HASH)
    return {path: value for path, value in leaves(definition) if path != mine}


def _change(old: Mapping[Path, object], new: Mapping[Path, object], path: Path) -> str:
    left = _short(old[path]) if path in old else "unset"
    right = _short(new[path]) if path in new else "unset"
    return f"{left} -> {right}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
