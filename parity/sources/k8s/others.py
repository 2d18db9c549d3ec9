"""Objects that no service comes of: each is one loss, with the reason."""

from parity.sources.k8s.objects import Object

_ACCESS = "permissions and identities of the cluster do not exist here"
_STORAGE = "storage of the cluster: volumes of the stack have its place"
_POLICY = "the cluster's policy; nothing enforces it here"
_TRAFFIC = "traffic rules of the cluster; the gateway has hosts and paths of Ingresses only"
_REASONS = {
    "Namespace": "the stack is its own namespace",
    "ServiceAccount": _ACCESS,
    "Role": _ACCESS,
    "RoleBinding": _ACCESS,
    "ClusterRole": _ACCESS,
    "ClusterRoleBinding": _ACCESS,
    "PersistentVolume": _STORAGE,
    "StorageClass": _STORAGE,
    "VolumeSnapshotClass": _STORAGE,
    "CSIDriver": _STORAGE,
    "NetworkPolicy": _POLICY,
    "PodDisruptionBudget": _POLICY,
    "PodSecurityPolicy": _POLICY,
    "ResourceQuota": _POLICY,
    "LimitRange": _POLICY,
    "PriorityClass": _POLICY,
    "Endpoints": _TRAFFIC,
    "EndpointSlice": _TRAFFIC,
    "IngressClass": _TRAFFIC,
    "Gateway": _TRAFFIC,
    "HTTPRoute": _TRAFFIC,
    "GRPCRoute": _TRAFFIC,
    "VirtualService": _TRAFFIC,
    "DestinationRule": _TRAFFIC,
    "ServiceEntry": _TRAFFIC,
    "CustomResourceDefinition": "a kind of object; no service comes of it",
    "SealedSecret": "the Secret's keys are known, its values are not",
    "ExternalSecret": "the Secret's keys are known, its values are not",
}
_UNKNOWN = "parity makes no service of this kind of object"


def give_up(thing: Object, reason: str = "") -> None:
    """Lose the whole object, with what it says in short as the value."""
    said = reason or _REASONS.get(thing.kind, _UNKNOWN)
    thing.root.lose(said)
