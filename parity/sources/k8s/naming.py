"""Which service of the document a workload becomes: its own name, unless another has it."""

from collections.abc import Iterable, Mapping

from parity.sources.k8s.objects import Object
from parity.sources.k8s.pod import unused
from parity.sources.k8s.workloads import KINDS, template


def assign(workloads: Iterable[Object], services: Iterable[Object]) -> dict[Object, str]:
    """A name for each workload; one that is not its own is a loss with the reason."""
    elsewhere = {(s.namespace, s.name): s for s in services}
    taken: set[str] = set()
    names: dict[Object, str] = {}
    for thing in sorted(workloads, key=lambda thing: KINDS.index(thing.kind)):
        if ":" in thing.name:
            raise thing.at("metadata", "name").error(f"`{thing.name}` is no name of a workload")
        other = elsewhere.get((thing.namespace, thing.name))
        foreign = other is not None and not _selects(other, thing)
        name = f"{thing.name}-{thing.kind.lower()}" if foreign else thing.name
        if name in taken:
            name = f"{thing.name}-{thing.kind.lower()}"
        if name in taken and thing.namespace:
            name = f"{thing.name}-{thing.namespace}"
        names[thing] = unused(name, taken)
        if names[thing] != thing.name:
            whose = "a Service of other pods" if foreign else "another workload"
            reason = f"{whose} has this name: it is the service {names[thing]}"
            thing.ledger.lose(("metadata", "name"), reason)
    return names


def matches(selector: Mapping[str, str], labels: Mapping[str, str]) -> bool:
    """Whether a Service's selector chooses a pod; an empty one chooses none."""
    return bool(selector) and all(labels.get(key) == value for key, value in selector.items())


def selector_of(service: Object) -> dict[str, str]:
    """A Service's selector, unread."""
    value = service.at("spec", "selector").value
    return {k: str(v) for k, v in value.items()} if isinstance(value, dict) else {}


def _selects(service: Object, workload: Object) -> bool:
    labels = template(workload)[0].at("labels").value
    known = {k: str(v) for k, v in labels.items()} if isinstance(labels, dict) else {}
    selector = selector_of(service)
    return not selector or matches(selector, known)
