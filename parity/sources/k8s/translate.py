"""Objects become an environment: the whole of the translation."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from parity.model.environment import Environment
from parity.sources.k8s.autoscale import autoscale
from parity.sources.k8s.draft import Draft
from parity.sources.k8s.ingress import ingress
from parity.sources.k8s.knative import KNATIVE, knative, prepare
from parity.sources.k8s.library import Holder, Library
from parity.sources.k8s.naming import assign
from parity.sources.k8s.objects import Object
from parity.sources.k8s.others import give_up
from parity.sources.k8s.pod import Pod, gather
from parity.sources.k8s.podspec import podspec
from parity.sources.k8s.services import Backends, link_variables, service
from parity.sources.k8s.volumes import claim_size
from parity.sources.k8s.workloads import KINDS, settings, template
from parity.sources.ledger import Ledger

_TRANSLATED = (
    *KINDS,
    "Service",
    "Ingress",
    "HorizontalPodAutoscaler",
    "ConfigMap",
    "Secret",
    "PersistentVolumeClaim",
)
_APIS = (
    "",
    "apps",
    "batch",
    "extensions",
    "networking.k8s.io",
    "autoscaling",
    "serving.knative.dev",
    "run.googleapis.com",
)


def translate(
    name: str,
    source: str,
    files: Sequence[str],
    found: Iterable[Object],
    silent: frozenset[str],
) -> Environment:
    """The environment that the objects describe; raises DefinitionError."""
    draft = Draft()
    ledgers, objects = _each_once(found)
    by_kind = _by_kind(objects)
    library = Library(objects, draft)
    pods = _pods(by_kind, library, draft)
    _connections(by_kind, pods, draft)
    _claims(by_kind.get("PersistentVolumeClaim", ()), draft)
    _unused(library.holders())
    for thing in objects:
        if not is_translated(thing):
            give_up(thing)
        elif thing.owned:
            thing.root.structure()
    _as_compose_prints(draft)
    return Environment(
        name,
        source,
        tuple(files),
        draft.document,
        losses=tuple(loss for ledger in ledgers for loss in ledger.losses()),
        unset=tuple(draft.unset),
        silent=silent,
        values=draft.values,
        origins=draft,
    )


def _as_compose_prints(draft: Draft) -> None:
    services = draft.document["services"]
    if any("networks" in body for body in services.values()):
        draft.put(("networks", "default"), {})
    for body in services.values():
        if "deploy" in body:
            body["deploy"] = {"resources": {}, "placement": {}, **body["deploy"]}


def is_translated(thing: Object) -> bool:
    """Whether it is one of Kubernetes' own kinds that become part of the document."""
    group = thing.api.partition("/")[0] if "/" in thing.api else ""
    return thing.kind in _TRANSLATED and group in _APIS


def _each_once(found: Iterable[Object]) -> tuple[list[Ledger], list[Object]]:
    """All ledgers, and of objects given twice the later one, as `kubectl apply` has it."""
    objects: dict[tuple[str, str, str, str], Object] = {}
    ledgers = []
    for thing in found:
        thing.structure()
        ledgers.append(thing.ledger)
        key = (thing.api.partition("/")[0], thing.kind, thing.namespace, thing.name)
        earlier = objects.pop(key, None)
        if earlier is not None:
            earlier.root.lose(f"it is there again, and the later one wins: {thing.root.where}")
        objects[key] = thing
    return ledgers, list(objects.values())


def _by_kind(objects: Iterable[Object]) -> dict[str, list[Object]]:
    kinds: dict[str, list[Object]] = {}
    for thing in objects:
        if is_translated(thing) and not thing.owned:
            kinds.setdefault(thing.kind, []).append(thing)
    return kinds


def _pods(by_kind: Mapping[str, list[Object]], library: Library, draft: Draft) -> list[Pod]:
    services = by_kind.get("Service", [])
    workloads = [thing for kind in KINDS for thing in by_kind.get(kind, ())]
    names = assign(workloads, services)
    links = link_variables(services)
    taken = set(names.values())
    pods = []
    for thing in workloads:
        metadata, spec = template(thing)
        pod = Pod(thing, names[thing], metadata, spec, library, draft)
        pod.job = thing.kind in ("Job", "CronJob", "CloudRunJob")
        pod.links = links.get(thing.namespace, {})
        if thing.kind in KNATIVE:
            prepare(pod)
        gather(pod, taken)
        podspec(pod)
        settings(pod)
        if thing.kind in KNATIVE:
            knative(pod)
        pods.append(pod)
    return pods


def _connections(by_kind: Mapping[str, list[Object]], pods: Sequence[Pod], draft: Draft) -> None:
    rows = {}
    backends = Backends(pods)
    for thing in by_kind.get("Service", ()):
        rows[thing.namespace, thing.name] = service(thing, backends, draft)
    for thing in by_kind.get("Ingress", ()):
        ingress(thing, rows, draft)
    for thing in by_kind.get("HorizontalPodAutoscaler", ()):
        autoscale(thing, pods)
    for pod in pods:
        if pod.workload.kind == "StatefulSet":
            pod.workload.at("spec", "serviceName").structure()  # read where Services are named


def _claims(claims: Iterable[Object], draft: Draft) -> None:
    for thing in claims:
        path = ("volumes", thing.name)
        if thing.name in (draft.get(("volumes",)) or {}):
            size = claim_size(thing.at("spec"))
            if size:
                draft.put(path, {"x-parity": {"storage": size}}, thing.root)
            thing.at("metadata").lose_unread("of the object; nothing reads them here")
        else:
            give_up(thing, "no pod of this definition mounts it")


def _unused(holders: Iterator[Holder]) -> None:
    for holder in holders:
        if holder.object is None:
            continue
        for field in ("data", "binaryData", "stringData"):
            for _, node in holder.object.at(field).entries():
                node.lose_unread("no pod of this definition uses it")
        holder.object.at("immutable").lose("here nothing guards it against change")
        holder.object.at("type").lose_unread("what kind of Secret it is")
        holder.object.at("metadata").lose_unread("of the object; nothing reads them here")
