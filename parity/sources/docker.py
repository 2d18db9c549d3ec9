"""The docker source: whatever runs on an engine, from its inspect records."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.errors import DefinitionError, UsageError
from parity.model.document import Document, get, leaves, show
from parity.model.document import Path as Setting
from parity.model.environment import Environment, Loss
from parity.model.setting import Origin
from parity.sources.contract import Request
from parity.sources.docker_container import config, group_of
from parity.sources.docker_host import host_config
from parity.sources.docker_mounts import mounts
from parity.sources.docker_network import networks, ports
from parity.sources.ledger import Ledger, Node

SOURCE = "docker"
SILENT: frozenset[str] = frozenset((
    "attach", "build", "configs", "credential_spec", "deploy.endpoint_mode", "deploy.labels",
    "deploy.mode", "deploy.placement", "deploy.resources.reservations.cpus",
    "deploy.restart_policy", "deploy.rollback_config", "deploy.update_config", "develop",
    "external_links", "label_file", "links", "models", "platform", "post_start", "pre_stop",
    "profiles", "provider", "pull_policy", "x-parity",
))  # fmt: skip
_LIVE = (
    "AppArmorProfile", "Args", "Created", "Driver", "ExecIDs", "GraphDriver", "HostnamePath",
    "HostsPath", "Id", "Image", "ImageManifestDescriptor", "LogPath", "MountLabel", "Name", "Path", "Platform",
    "ProcessLabel", "ResolvConfPath", "RestartCount", "SizeRootFs", "SizeRw", "State", "Storage",
)  # fmt: skip
"""The state of the moment, and what the engine works out from the rest."""


@dataclass(frozen=True)
class DockerReading:
    """An engine's answer that is to be fetched."""

    request: Request

    def result(self) -> Environment:
        """The environment; UnreachableError where the engine does not answer."""
        request = self.request
        if request.inspect is None:
            raise UsageError(
                "the docker source reads an engine, and none can be asked here",
                next_step="`parity capture` writes what runs into a snapshot, which can be read anywhere",
            )
        try:
            records = request.inspect(request.context, request.project)
            document, losses, places = read(records, request.project)
        except ValueError as error:
            raise _unexpected(request, str(error)) from error
        return Environment(
            request.name,
            SOURCE,
            (),
            document,
            losses=losses,
            silent=SILENT,
            origins=EngineOrigins(request.context or "default", places),
        )


@dataclass(frozen=True)
class EngineOrigins:
    """Everything comes from inspecting a container."""

    context: str
    containers: Mapping[str, str]

    def of(self, path: Setting) -> Origin | None:
        """The container that was asked."""
        name = self.containers.get(str(path[1])) if path[1:] else None
        return Origin(f"docker inspect {name}" if name else f"docker engine {self.context}")


def recognises(path: Path) -> bool:
    """Never: what runs on an engine is in no file."""
    del path
    return False


def start(request: Request) -> DockerReading:
    """Begin to read; `context` names the engine, `project` whose containers."""
    return DockerReading(request)


def read(
    records: Sequence[Mapping[str, Any]], project: str
) -> tuple[Document, tuple[Loss, ...], dict[str, str]]:
    """The document of inspect records, what it cannot express, and a container for each service."""
    groups: dict[str, list[Ledger]] = {}
    names: list[str] = []
    known: dict[str, str] = {}
    for record in records:
        ledger = Ledger(record, name=str(record.get("Name") or "").lstrip("/"))
        labels = get(record, ("Config", "Labels")) or {}
        if not isinstance(labels, dict) or labels.get("com.docker.compose.oneoff") == "True":
            continue
        group, service = group_of(labels, ledger.name)
        names.append(group)
        groups.setdefault(service, []).append(ledger)
        known[str(record.get("Id"))] = service
    name = next(iter(dict.fromkeys(filter(None, names))), project)
    document: Document = {"name": name, "services": {}} if name else {"services": {}}
    losses: list[Loss] = []
    for service, ledgers in groups.items():
        document["services"][service] = _service(ledgers, document, known, losses)
    return document, tuple(losses), {service: rows[0].name for service, rows in groups.items()}


def _service(
    ledgers: list[Ledger], document: Document, known: Mapping[str, str], losses: list[Loss]
) -> Document:
    made = [_container(ledger.root, document, known) for ledger in ledgers]
    losses += ledgers[0].losses()
    service = made[0]
    for ledger, other in zip(ledgers[1:], made[1:], strict=True):
        losses += _disagreements(ledger.name, service, other, ledgers[0].name)
    if len(made) > 1:
        service = {**service, "deploy": {**service.get("deploy", {}), "replicas": len(made)}}
        service.pop("container_name", None)
    return service


def _container(record: Node, document: Document, known: Mapping[str, str]) -> Document:
    labels = {name: node.text() for name, node in record.at("Config", "Labels").entries()}
    name = record.at("Name").text().lstrip("/")
    group, service_name = group_of(labels, name)
    prefix = f"{group}_" if group else ""
    service: Document = {}
    config(record, service)
    host_config(record.at("HostConfig").table(), service)
    mounts(record, service, document, prefix)
    networks(record, service, document, prefix, known)
    ports(record, service)
    generated = rf"{re.escape(group)}[-_]{re.escape(service_name)}[-_.]\d+.*"
    if service_name != name and not re.fullmatch(generated, name):
        service["container_name"] = name
    waits = _depends_on(labels.get("com.docker.compose.depends_on", ""))
    if waits:
        service["depends_on"] = waits
    record.structure(*_LIVE)
    # What of the image is effective was compared with the container.
    record.at("_Image").structure()
    return service


def _depends_on(label: str) -> Document:
    """`db:service_healthy:false,…`, as Compose notes it on its containers."""
    found: Document = {}
    for entry in filter(None, label.split(",")):
        name, _, rest = entry.partition(":")
        condition, _, restart = rest.partition(":")
        found[name] = {"condition": condition or "service_started", "required": True}
        if restart == "true":
            found[name]["restart"] = True
    return found


def _disagreements(name: str, one: Document, other: Document, first: str) -> list[Loss]:
    """Replicas that were made of different definitions: an unfinished roll-out, a hand-made one."""
    mine, theirs = dict(leaves(one)), dict(leaves(other))
    paths = [path for path in dict.fromkeys((*mine, *theirs)) if mine.get(path) != theirs.get(path)]
    reason = f"{name} and {first} are of one service and do not agree; {first} was taken"
    return [
        Loss(f"{name}:{show(path)}", "", reason)
        for path in paths
        if path not in (("container_name",), ("hostname",)) and path[:1] != ("ports",)
    ]


def _unexpected(request: Request, reason: str) -> DefinitionError:
    return DefinitionError(
        f"the engine answered what parity cannot read: {reason}",
        where=f"docker engine {request.context or 'default'}",
        next_step="`docker inspect` shows what it says",
    )
