"""The data of a running stack, and the store that holds its states: what save, reset and fork begin with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parity.actions.session import Session
from parity.engine import observe
from parity.engine.execute import in_parallel
from parity.engine.images import ensure_gateway, gateway_tag
from parity.model.progress import Progress
from parity.model.stack import Container
from parity.model.state import State
from parity.state import marks
from parity.state.backends.contract import Backend
from parity.state.choose import choose
from parity.state.lying import Lying, all_lying
from parity.state.store import Store
from parity.state.volumes import DataVolume, data_volumes, keys

if TYPE_CHECKING:
    from docker import DockerClient


@dataclass(frozen=True)
class Data:
    """A stack's containers and the volumes they keep data on."""

    containers: tuple[Container, ...]
    attrs: tuple[Mapping[str, Any], ...]
    """What the engine says of each; it holds values of secrets."""
    volumes: tuple[DataVolume, ...]
    live: Mapping[str, Lying]
    """Directory of a store by volume name, for volumes that are one."""


def open_store(
    client: "DockerClient", session: Session, progress: Progress, state: State | None = None
) -> tuple[Store, Backend]:
    """A store of this engine, and the way that copies are made in it.

    The best for something new; for a state that is there already the one that it lies in.
    """
    base, table = session.project.local.gateway_base, session.project.state
    image = gateway_tag(base)
    ensure_gateway(client, image, base, progress)
    if state is None:
        return choose(client, image, table.backend, progress, pool=table.pool)
    wish = table.backend if table.backend == state.backend else "auto"
    return choose(client, image, wish, progress, pool=table.pool, volume=state.store)


def data_of(stack: str) -> Data:
    """Look at a stack as it is."""
    containers = observe.of_stack(stack)
    attrs = tuple(in_parallel(lambda c: dict(observe.get(f"/containers/{c.id}/json")), containers))
    own = marks.volumes_of(stack)
    return Data(containers, attrs, data_volumes(attrs, keys(own)), all_lying(own))
