"""Which way of copying this engine allows, found out by doing it."""

from typing import TYPE_CHECKING

from parity.model.progress import Progress
from parity.state.backends.contract import Backend
from parity.state.backends.direct import Direct
from parity.state.store import PLAIN, Store, open_store

if TYPE_CHECKING:
    from docker import DockerClient


def choose(
    client: "DockerClient", image: str, wish: str, progress: Progress
) -> tuple[Store, Backend]:
    """The store and the backend: the one that is wished for, else the best there is."""
    del wish, progress
    store = open_store(client, image, PLAIN)
    return store, Direct(reflink=bool(store.run("probe")["reflink"]))
