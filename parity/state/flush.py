"""Have a running data engine write down what it holds in memory alone, before its files are copied."""

from typing import TYPE_CHECKING, Any

from parity.engine.recreate import Attrs
from parity.model.progress import Progress, Step
from parity.state.copied import Copy, service
from parity.state.engines import recognised

if TYPE_CHECKING:
    from docker import DockerClient

_LONG = 300


def flush(client: "DockerClient", attrs: Attrs, progress: Progress) -> None:
    """To be called when the service's clients are paused and itself is not, so that nothing comes after.

    What cannot be written down is told as a warning: then the state is what a power cut would leave.
    """
    engine = recognised(attrs)
    command = engine.before_pause(attrs) if engine else None
    state: dict[str, Any] = attrs["State"]
    if engine is None or command is None or not state.get("Running") or state.get("Paused"):
        return
    live = Copy(client, attrs["Id"], service(attrs), attrs, engine)
    code, said = live.ask(command)
    if code != 0:
        why = said.strip()[-_LONG:] or f"the command ended with {code}"
        text = f"{engine.title} did not write down what is in memory alone: {why}"
        progress(Step(live.service, text, "warning"))
