"""Does a way of copying work on this engine? Found out by doing it, in a container that uses a copy."""

import json
import uuid
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from parity.engine.client import translated
from parity.errors import ParityError
from parity.stack import labels
from parity.state import agent, leases
from parity.state.backends.contract import Backend
from parity.state.store import Store

if TYPE_CHECKING:
    from docker import DockerClient


def fails(store: Store, backend: Backend) -> str:
    """Why the backend cannot be used there; empty if it can."""
    place = f"trial/{uuid.uuid4().hex[:12]}"
    name = f"parity-{place.replace('/', '-')}"
    try:
        digest = store.run("trial", do="prepare", place=place)["digest"]
        try:
            options = backend.derive(store, [(f"{place}/sealed", f"{place}/copy")])[0]
            _use(store, name, options)
        finally:
            _remove(store.client, name)
            same = store.run("trial", do="finish", place=place, digest=digest)["same"]
    except ParityError as error:
        return error.message
    return "" if same else "a write in a copy changed what it was made from"


def _use(store: Store, name: str, options: Mapping[str, str]) -> None:
    own = {labels.ROLE: labels.HELPER, labels.LEASE: leases.mine().to_json()}
    config = {
        "Image": store.image,
        "Entrypoint": [*agent.AGENT],
        "Cmd": ["trial", json.dumps({"do": "use"})],
        "Labels": own,
        "HostConfig": {
            "NetworkMode": "none",
            "Mounts": [agent.mount(name, "/data", read_only=False)],
            "LogConfig": {"Type": "json-file"},
        },
    }
    api: Any = store.client.api
    with translated():
        store.client.volumes.create(name, driver="local", driver_opts=dict(options), labels=own)
        api.create_container_from_config(config, name)
        for _ in ("first", "again"):
            api.start(name)
            code = api.wait(name)["StatusCode"]
            said = api.logs(name, stdout=True, stderr=False, tail=1)
            agent.answer("be copied", code, said, api.logs(name, stdout=False, stderr=True))


def _remove(client: "DockerClient", name: str) -> None:
    from docker.errors import NotFound

    api: Any = client.api
    with translated():
        with suppress(NotFound):
            api.remove_container(name, force=True)
        with suppress(NotFound):
            api.remove_volume(name)
