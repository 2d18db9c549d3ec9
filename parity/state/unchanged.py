"""Leave alone what nobody wrote to: some engines can say so, and take seconds to boot.

Such an engine has a *mark*, a text that is another one after any write. It is kept after a reset;
where it is the same at the next one, the service stands on its state already.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

from parity.engine.execute import in_parallel
from parity.engine.recreate import Attrs
from parity.state import inspected
from parity.state.copied import Copy
from parity.state.engines import recognised
from parity.state.volumes import DataVolume

if TYPE_CHECKING:
    from docker import DockerClient


def mark(client: "DockerClient", attrs: Attrs, container: str = "") -> str:
    """What a running service says it has seen; empty where it cannot say, or does not run.

    `attrs` may be those of the container it was made like, with its own id in `container`.
    """
    engine = recognised(attrs)
    command = engine.mark(attrs) if engine else None
    if engine is None or command is None:
        return ""
    found = container or attrs["Id"]
    code, said = Copy(client, found, inspected.service(attrs), attrs, engine).ask(command)
    return said.strip() if code == 0 else ""


def marks(client: "DockerClient", containers: Mapping[str, Attrs]) -> dict[str, str]:
    """Marks by container id, of those that have one."""
    said = in_parallel(lambda one: (one, mark(client, containers[one], one)), list(containers))
    return {one: text for one, text in said if text}


def unchanged(
    client: "DockerClient",
    attrs: Sequence[Attrs],
    volumes: Sequence[DataVolume],
    known: Mapping[str, str],
    standing: Collection[str],
) -> set[str]:
    """Services whose data still is the state's.

    `known` are marks by container id; `standing` names the volumes that were made from the state.
    """
    left = []
    for service in {inspected.service(one) for one in attrs}:
        own = [one for one in attrs if inspected.service(one) == service]
        names = {v.name for v in volumes if service in v.services}
        runs = all(one["State"]["Running"] and one["Id"] in known for one in own)
        if runs and names <= set(standing):
            left.append((service, own))
    same = in_parallel(
        lambda one: all(mark(client, found) == known[found["Id"]] for found in one[1]), left
    )
    return {service for (service, _), yes in zip(left, same, strict=True) if yes}
