import pytest


@pytest.mark.parametrize(
    "kind", ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController"]
)
def test_replicas(read, pod, kind):
    assert read(pod(kind=kind, more="replicas: 3")).web["deploy"]["replicas"] == 3
    assert "deploy" not in read(pod(kind=kind)).web


def test_replicas_are_of_all_containers_that_stay(read, pod):
    text = pod("", "initContainers: [{name: m, image: i}]", more="replicas: 2")
    result = read(text.replace("- {name: c", "- {name: d, image: i}\n              - {name: c"))
    assert {name for name, body in result.services.items() if "deploy" in body} == {"web", "web-c"}


def test_a_daemon_set_has_one_pod_here(read, pod):
    result = read(pod(kind="DaemonSet"))
    assert "deploy" not in result.web
    assert result.losses == {"DaemonSet/web:kind": "one pod on each node; one here"}


@pytest.mark.parametrize(
    ("more", "restart"),
    [("", "on-failure:6"), ("backoffLimit: 2", "on-failure:2"), ("backoffLimit: 0", "no")],
)
def test_a_job_is_tried_again_as_often_as_it_says(read, pod, more, restart):
    result = read(pod("", "restartPolicy: Never", kind="Job", more=more))
    assert result.web["restart"] == restart


def test_a_suspended_job_does_not_run(read, pod):
    result = read(pod("", "restartPolicy: Never", kind="Job", more="suspend: true"))
    assert result.web["deploy"]["replicas"] == 0


CRON = """
    apiVersion: batch/v1
    kind: CronJob
    metadata: {name: web}
    spec:
      schedule: "%s"
      concurrencyPolicy: Forbid
      jobTemplate:
        spec:
          template:
            spec:
              restartPolicy: OnFailure
              containers: [{name: c, image: i}]
    """


def test_nothing_starts_a_cron_job_by_itself(read):
    result = read(CRON % "0 * * * *")
    assert result.web["deploy"]["replicas"] == 0
    assert result.web["x-parity"] == {"schedule": "0 * * * *"}
    assert result.losses["CronJob/web:spec.schedule"] == "nothing starts it by itself here"
    assert "CronJob/web:spec.concurrencyPolicy" in result.losses


def test_a_cron_job_needs_a_schedule(refused):
    assert "without a schedule" in refused(CRON % "").message


def test_a_pod_alone_is_a_service(read):
    result = read(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: i}]}"
    )
    assert list(result.services) == ["web"]
    assert result.losses == {}


@pytest.mark.parametrize(
    "more",
    ["strategy: {type: Recreate}", "minReadySeconds: 5", "revisionHistoryLimit: 3", "paused: true"],
)
def test_how_it_is_rolled_out_is_lost(read, pod, more):
    result = read(pod(more=more))
    assert list(result.losses) == [f"Deployment/web:spec.{more.partition(':')[0]}"]


def test_a_selector_repeats_the_pods_labels(read, pod):
    assert read(pod(more="selector: {matchLabels: {app: web}}")).losses == {}


def test_labels_of_the_object_are_not_those_of_its_pods(read, pod):
    text = pod().replace("metadata: {name: web}", "metadata: {name: web, labels: {tier: x}}")
    result = read(text)
    assert result.web["labels"] == {"app": "web"}
    assert list(result.losses) == ["Deployment/web:metadata.labels"]


@pytest.mark.parametrize(
    ("kind", "spec", "more"),
    [
        ("Deployment", "", "replicas: many"),
        ("Deployment", "", "replicas: -1"),
        ("Job", "restartPolicy: Always", ""),
    ],
)
def test_broken_workloads_are_refused(refused, pod, kind, spec, more):
    refused(pod("", spec, kind=kind, more=more))
