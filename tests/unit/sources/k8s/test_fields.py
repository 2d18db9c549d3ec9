import pytest

FIELD = "env: [{name: X, valueFrom: {fieldRef: {fieldPath: %s}}}]"
RESOURCE = (
    "resources: {limits: {cpu: 1500m, memory: 512Mi}, requests: {cpu: 250m}}, "
    "env: [{name: X, valueFrom: {resourceFieldRef: {%s}}}]"
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("metadata.name", "web"),
        ("metadata.namespace", "default"),
        ("\"metadata.labels['app']\"", "web"),
        ("\"metadata.labels['none']\"", ""),
        ("spec.serviceAccountName", "default"),
    ],
)
def test_a_pod_knows_itself(read, pod, path, value):
    assert read(pod(FIELD % path)).web["environment"] == {"X": value}


def test_the_pod_of_a_stateful_set_has_its_number(read, pod):
    assert read(pod(FIELD % "metadata.name", kind="StatefulSet")).web["environment"] == {
        "X": "web-0"
    }


@pytest.mark.parametrize("path", ["status.podIP", "status.hostIP", "spec.nodeName"])
def test_what_only_a_running_pod_knows_is_lost(read, pod, path):
    result = read(pod(FIELD % path))
    assert "environment" not in result.web
    assert "once the pod runs" in str(result.losses)
    assert result.environment.unset == ()


@pytest.mark.parametrize(
    ("ref", "value"),
    [
        ("resource: limits.memory", "536870912"),
        ("resource: limits.memory, divisor: 1Mi", "512"),
        ("resource: limits.cpu", "2"),
        ("resource: limits.cpu, divisor: 1m", "1500"),
        ("resource: requests.cpu, divisor: 1m", "250"),
        ("resource: requests.memory, divisor: 1Gi", "1"),
        ("resource: limits.cpu, divisor: '0'", "2"),
        ("resource: limits.cpu, containerName: c", "2"),
    ],
)
def test_limits_come_in_units_of_the_divisor(read, pod, ref, value):
    assert read(pod(RESOURCE % ref)).web["environment"] == {"X": value}


def test_a_limit_that_is_the_nodes_is_lost(read, pod):
    result = read(pod("env: [{name: X, valueFrom: {resourceFieldRef: {resource: limits.cpu}}}]"))
    assert "environment" not in result.web
    assert "it is the node's" in str(result.losses)


def test_another_container_must_exist(refused, pod):
    assert (
        "no container `z`"
        in refused(pod(RESOURCE % "resource: limits.cpu, containerName: z")).message
    )


def test_labels_as_a_file_have_a_line_each(read, pod):
    result = read(
        pod(
            "volumeMounts: [{name: v, mountPath: /etc/pod}]",
            "volumes: [{name: v, downwardAPI: {items: "
            "[{path: labels, fieldRef: {fieldPath: metadata.labels}}]}}]",
        )
    )
    assert result.document["configs"]["web.labels"]["content"] == 'app="web"\n'
