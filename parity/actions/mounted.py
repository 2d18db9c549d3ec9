"""A stack whose data lies in the pool cannot start before the pool is mounted again."""

from parity.actions.session import Session
from parity.errors import StateError
from parity.model.progress import Progress, Step
from parity.state import marks
from parity.state.agent import POOL
from parity.state.lying import all_lying


def mounted(session: Session, progress: Progress) -> None:
    """Have the pool mounted where volumes of the stack lie in it; StateError where their data is gone.

    After a restart of the engine's machine it is not. A stack without such volumes asks the engine
    once which volumes it has.
    """
    found = all_lying(marks.volumes_of(session.identity.name))
    pooled = {name: one.place for name, one in found.items() if one.store == POOL}
    if not pooled:
        return
    from parity.engine.client import connect
    from parity.engine.images import ensure_gateway, gateway_tag
    from parity.state import keeper
    from parity.state.store import open_store

    client, base = connect(), session.project.local.gateway_base
    image = gateway_tag(base)
    ensure_gateway(client, image, base, progress)
    before = keeper.runs(keeper.find(client, image, POOL))
    store = open_store(client, image, POOL)
    if before:
        return
    progress(Step("pool", "mounted", "done"))
    there = store.run("survey")["live"]
    lost = sorted(name for name, place in pooled.items() if place.partition("/")[2] not in there)
    if lost:
        raise StateError(
            f"the data of {', '.join(lost)} is gone: the pool it lay in was removed",
            next_step="`parity down --volumes`, then `parity up` or `parity reset NAME`",
        )
