"""Read more of an environment than its definition: facts of its images."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from parity.errors import ParityError
from parity.model.document import Document
from parity.model.environment import Environment
from parity.model.facts import Facts, with_facts
from parity.model.progress import Progress, Step
from parity.model.setting import Layer
from parity.probes import image_config

READABLE: Final = frozenset({Layer.DECLARED, Layer.IMAGE})
"""The layers that can be read by now."""
Images = Callable[[Iterable[str]], Mapping[str, Mapping[str, Any] | str]]
"""Asks for the records of images by name; a text says why there is none."""


def with_layers(
    environment: Environment,
    layers: Collection[Layer],
    progress: Progress,
    *,
    images: Images | None = None,
) -> Environment:
    """The environment with what its images say. What could not be read says why, in the document."""
    wanted = set(layers) - environment.layers
    if Layer.IMAGE not in wanted:
        return environment
    progress(Step(environment.name, "reading what its images say of themselves"))
    names = {str(body["image"]) for body in environment.services.values() if body.get("image")}
    found = (images or _ask)(sorted(names)) if names else {}
    services = {
        name: with_facts(body, Layer.IMAGE, _of(body, found))
        for name, body in environment.services.items()
    }
    return replace(
        environment,
        document={**environment.document, "services": services},
        layers=environment.layers | {Layer.IMAGE},
    )


def _of(service: Document, found: Mapping[str, Mapping[str, Any] | str]) -> Facts:
    image = str(service.get("image") or "")
    if not image:
        return Facts(unread={"image": "it is built, and has no name that could be asked for"})
    record = found[image]
    return Facts(unread={image: record}) if isinstance(record, str) else image_config.read(record)


def _ask(names: Iterable[str]) -> Mapping[str, Mapping[str, Any] | str]:
    """The engine's word, else the registry's; nothing is pulled."""
    from parity.engine.client import connect
    from parity.engine.execute import in_parallel
    from parity.engine.image_records import image_records, platform

    wanted = list(names)
    here = image_records(wanted)
    away = [name for name in wanted if name not in here]
    if not away:
        return here
    client = connect()
    own = platform(client)

    def one(name: str) -> Mapping[str, Any] | str:
        from parity.state.oci_image import image_config as of_registry

        try:
            return of_registry(client, name, own)
        except ParityError as error:
            return f"not on this engine, and {error}"

    try:
        return {**here, **dict(zip(away, in_parallel(one, away), strict=True))}
    finally:
        client.close()
