"""What a container was told to do: its config, less what its image says anyway."""

from collections.abc import Mapping
from typing import Any

from parity.model.document import Document
from parity.sources.ledger import Node

_ENGINES_OWN = (
    "com.docker.compose.",
    "com.docker.stack.",
    "com.docker.swarm.",
    "desktop.docker.io/",
)


def config(record: Node, service: Document) -> None:
    """Write the container's config into the service."""
    own, image = record.at("Config").table(), record.at("_Image", "Config").table()
    service["image"] = _image(record)
    _environment(own, image, service)
    _command(own, image, service)
    for key, name in (
        ("user", "User"),
        ("working_dir", "WorkingDir"),
        ("stop_signal", "StopSignal"),
    ):
        text = own.at(name).text()
        if text and text != image.at(name).text():
            service[key] = text
    for key, name in (("tty", "Tty"), ("stdin_open", "OpenStdin")):
        if own.at(name).flag():
            service[key] = True
    if own.at("StopTimeout"):
        service["stop_grace_period"] = f"{own.at('StopTimeout').number()}s"
    _names(record, own, service)
    _labels(own, image, service)
    _health(own.at("Healthcheck"), image.at("Healthcheck"), service)
    _lose(own)


def _lose(own: Node) -> None:
    if own.at("NetworkDisabled").flag():
        own.at("NetworkDisabled").lose("Compose has no such setting; `network_mode: none` is near")
    # How the client that made it was attached, and what the image says for builds.
    own.structure("AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce", "OnBuild", "Shell")
    # Volumes are read where they are mounted, exposed ports where they are published.
    own.structure("ArgsEscaped", "Volumes", "Image", "ExposedPorts", "MacAddress")


def _image(record: Node) -> str:
    """The image by the name it was started under, with its digest where a registry gave one."""
    name = record.at("Config", "Image").text()
    digests = record.at("_Image", "RepoDigests").texts()
    tags = record.at("_Image", "RepoTags").texts()
    if name.startswith("sha256:") and (digests or tags):
        return (digests or tags)[0]
    repository = name.partition("@")[0]
    if ":" in repository.rpartition("/")[2]:
        repository = repository.rpartition(":")[0]
    for pinned in digests:
        if "@" not in name and pinned.partition("@")[0] == repository:
            return f"{name}@{pinned.partition('@')[2]}"
    return name


def _environment(own: Node, image: Node, service: Document) -> None:
    default = set(image.at("Env").texts())
    given = [line for line in own.at("Env").texts() if line not in default]
    pairs = (line.partition("=") for line in given)
    variables = {name: value for name, equals, value in pairs if equals}
    if variables:
        service["environment"] = variables


def _command(own: Node, image: Node, service: Document) -> None:
    entrypoint, words = _words(own.at("Entrypoint")), _words(own.at("Cmd"))
    same_entrypoint = entrypoint == _words(image.at("Entrypoint"))
    if not same_entrypoint:
        service["entrypoint"] = entrypoint
    # Another entrypoint drops the image's command, so that what is there was given.
    if words and not (same_entrypoint and words == _words(image.at("Cmd"))):
        service["command"] = words


def _words(node: Node) -> list[str]:
    return [node.text()] if isinstance(node.value, str) else node.texts()


def _names(record: Node, own: Node, service: Document) -> None:
    hostname = own.at("Hostname").text()
    shared = record.at("HostConfig", "NetworkMode").text().startswith(("host", "container:"))
    # The engine's own choice is the beginning of the container's id.
    if hostname and not shared and not record.at("Id").text().startswith(hostname):
        service["hostname"] = hostname
    if own.at("Domainname").text() and not shared:
        service["domainname"] = own.at("Domainname").text()


def _labels(own: Node, image: Node, service: Document) -> None:
    default = {name: node.text() for name, node in image.at("Labels").entries()}
    labels = {name: node.text() for name, node in own.at("Labels").entries()}
    given = {
        name: text
        for name, text in labels.items()
        if default.get(name) != text and not name.startswith(_ENGINES_OWN)
    }
    if given:
        service["labels"] = given


def _health(own: Node, image: Node, service: Document) -> None:
    if not own or own.value == image.value:
        own.take()
        return
    test = own.at("Test").texts()
    if test[:1] == ["NONE"]:
        service["healthcheck"] = {"disable": True}
        return
    check: Document = {"test": test} if test else {}
    for key, name in _TIMES.items():
        if own.at(name) and own.at(name).number():
            check[key] = duration(own.at(name).number())
    if own.at("Retries") and own.at("Retries").number():
        check["retries"] = own.at("Retries").number()
    service["healthcheck"] = check


_TIMES: Mapping[str, str] = {
    "interval": "Interval",
    "timeout": "Timeout",
    "start_period": "StartPeriod",
    "start_interval": "StartInterval",
}


def duration(nanoseconds: int) -> str:
    """A time as Compose writes it: `30s`, `1500ms`."""
    milliseconds = nanoseconds // 1_000_000
    return f"{milliseconds // 1000}s" if milliseconds % 1000 == 0 else f"{milliseconds}ms"


def group_of(labels: Mapping[str, Any], name: str) -> tuple[str, str]:
    """The project and the service that a container is of, by its labels, else by its name."""
    project = str(labels.get("com.docker.compose.project") or "")
    service = str(labels.get("com.docker.compose.service") or "")
    if service:
        return project, service
    stack = str(labels.get("com.docker.stack.namespace") or "")
    service = str(labels.get("com.docker.swarm.service.name") or "")
    if service:
        return stack, service.removeprefix(f"{stack}_")
    return "", name
