"""Workloads: where each kind keeps its pod, and what it says besides."""

from parity.sources.k8s.objects import Object
from parity.sources.k8s.pod import Pod
from parity.sources.ledger import Node

KINDS = (
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "ReplicaSet",
    "ReplicationController",
    "Job",
    "CronJob",
    "Pod",
    "KnativeService",
    "CloudRunJob",
)
"""In the order in which they get their names."""
_ROLLOUT = "how a change is rolled out; here containers are replaced"
_ORDINALS = "numbers and life times of pods and claims are the cluster's"
_JOB = "when the cluster starts, stops or clears away pods of a job"
_LOST = {
    "strategy": _ROLLOUT,
    "updateStrategy": _ROLLOUT,
    "minReadySeconds": _ROLLOUT,
    "progressDeadlineSeconds": _ROLLOUT,
    "revisionHistoryLimit": _ROLLOUT,
    "paused": _ROLLOUT,
    "podManagementPolicy": _ORDINALS,
    "persistentVolumeClaimRetentionPolicy": _ORDINALS,
    "ordinals": _ORDINALS,
    "completions": _JOB,
    "parallelism": _JOB,
    "completionMode": _JOB,
    "activeDeadlineSeconds": _JOB,
    "ttlSecondsAfterFinished": _JOB,
    "podFailurePolicy": _JOB,
    "podReplacementPolicy": _JOB,
    "successPolicy": _JOB,
    "backoffLimitPerIndex": _JOB,
    "maxFailedIndexes": _JOB,
    "manualSelector": _JOB,
    "managedBy": _JOB,
    "concurrencyPolicy": _JOB,
    "startingDeadlineSeconds": _JOB,
    "successfulJobsHistoryLimit": _JOB,
    "failedJobsHistoryLimit": _JOB,
    "timeZone": _JOB,
}
_DEFAULT_BACKOFF = 6


def template(workload: Object) -> tuple[Node, Node]:
    """The pod's metadata and spec."""
    if workload.kind == "Pod":
        return workload.at("metadata"), workload.at("spec").table()
    inner = _inner(workload).at("template").table()
    return inner.at("metadata").table(), inner.at("spec").table()


def settings(pod: Pod) -> None:
    """Write what the workload says besides its pod."""
    workload = pod.workload
    if workload.kind in ("Job", "CronJob"):
        _job(pod, _inner(workload))
    if workload.kind == "CronJob":
        _cron(pod)
    elif workload.kind == "DaemonSet":
        workload.ledger.lose(("kind",), "one pod on each node; one here", "DaemonSet")
    elif workload.kind not in ("Pod", "Job", "KnativeService", "CloudRunJob"):
        _replicas(pod)
    spec = workload.at("spec")
    if workload.kind != "Pod":
        _rest(spec)
    if workload.kind == "CronJob":
        _rest(_inner(workload))
    _metadata(workload)


def _inner(workload: Object) -> Node:
    if workload.kind == "CronJob":
        return workload.at("spec", "jobTemplate").table().at("spec").table()
    if workload.kind == "CloudRunJob":
        return workload.at("spec", "template").table().at("spec").table()
    return workload.at("spec").table()


def _replicas(pod: Pod) -> None:
    node = pod.workload.at("spec", "replicas")
    if not node:
        return
    number = node.number(1)
    if number < 0:
        raise node.error(f"{number} replicas")
    for found in pod.staying:
        found.service.put(("deploy", "replicas"), number, node)


def _job(pod: Pod, spec: Node) -> None:
    limit = spec.at("backoffLimit")
    number = limit.number(_DEFAULT_BACKOFF)
    said = pod.spec.at("restartPolicy")
    if said.text("Never") not in ("Never", "OnFailure"):
        raise said.error("a job's restartPolicy is OnFailure or Never")
    said.lose("a failed job is tried again in the same container")
    restart = f"on-failure:{number}" if number > 0 else "no"
    for found in pod.containers:
        found.service.put(("restart",), restart, limit or None)
    suspended = spec.at("suspend")
    if suspended.flag():
        for found in pod.containers:
            found.service.put(("deploy", "replicas"), 0, suspended)


def _cron(pod: Pod) -> None:
    spec = pod.workload.at("spec")
    schedule = spec.at("schedule")
    if not schedule.text():
        raise spec.error("a CronJob without a schedule")
    for found in pod.containers:
        found.service.put(("deploy", "replicas"), 0, schedule)
        found.service.put(("x-parity", "schedule"), schedule.text(), schedule)
    schedule.lose("nothing starts it by itself here")
    spec.at("suspend").lose("nothing starts it by itself here")
    template_metadata = spec.at("jobTemplate", "metadata")
    template_metadata.structure("name", "creationTimestamp")
    template_metadata.lose_unread("labels of the job, not of its pods")


def _rest(spec: Node) -> None:
    spec.at("selector").structure()  # it repeats the pod's labels
    for name, reason in _LOST.items():
        spec.at(name).lose(reason)
    node = spec.at("template", "metadata")
    node.structure("name", "generateName", "namespace", "creationTimestamp")


def _metadata(workload: Object) -> None:
    if workload.kind == "Pod":
        return
    for field in ("labels", "annotations"):
        workload.at("metadata", field).lose_unread("of the object, not of its pods")
