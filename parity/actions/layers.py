"""Read more of an environment than its definition."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Final

from parity.actions import image_layers, live_layers
from parity.actions.image_layers import Images
from parity.actions.live_layers import Live
from parity.model.environment import Environment
from parity.model.facts import Facts, with_facts
from parity.model.progress import Progress
from parity.model.setting import Layer

READABLE: Final = frozenset(Layer)
"""The layers that can be read by now."""
_NEEDS: Final = {Layer.FILESYSTEM: {Layer.IMAGE}}
"""The image's config says which program is started."""


def with_layers(
    environment: Environment,
    layers: Collection[Layer],
    progress: Progress,
    *,
    base: str = "",
    images: Images | None = None,
    live: Live | None = None,
) -> Environment:
    """The environment with what these layers say. What could not be read says why.

    `base` is what parity's own image is built on, where an engine has none yet.
    """
    wanted = set(layers) - environment.layers
    for layer in tuple(wanted):
        wanted |= _NEEDS.get(layer, set()) - environment.layers
    if not wanted:
        return environment
    place = environment.place
    ask = images or image_layers.of_engine(place.context if place else "")
    found = _with(environment, image_layers.read(environment, wanted, ask, progress))
    read = live or live_layers.of_engine(base)
    return _with(found, live_layers.read(found, wanted, read, progress))


def _with(environment: Environment, told: Mapping[Layer, Mapping[str, Facts]]) -> Environment:
    """The environment with these facts, by layer and service."""
    services = dict(environment.services)
    for layer, by_service in told.items():
        for name, facts in by_service.items():
            services[name] = with_facts(services[name], layer, facts)
    document = {**environment.document, "services": services}
    # Where every service says why it was not read, nobody may take the layer for read.
    read = {la for la, of in told.items() if not of or any(f.values for f in of.values())}
    return replace(environment, document=document, layers=environment.layers | read)
