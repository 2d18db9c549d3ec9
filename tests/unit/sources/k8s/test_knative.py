import pytest

SERVICE = """
    apiVersion: serving.knative.dev/v1
    kind: Service
    metadata: {name: web}
    spec:
      template:
        metadata: {annotations: {%s}}
        spec:
          containers: [%s]
          %s
    """
ONE = "{image: i}"
TWO = "{name: proxy, image: p}, {name: app, image: a, ports: [{containerPort: 9000}]}"
DEPENDS = "run.googleapis.com/container-dependencies: '%s'"


def read_one(read, containers=ONE, annotations="", more=""):
    return read(SERVICE % (annotations, containers, more))


def test_a_service_serves_on_the_port_that_it_is_told(read):
    result = read_one(read)
    assert result.web["environment"] == {"PORT": "8080"}
    assert result.web["ports"] == [{"mode": "ingress", "target": 8080, "protocol": "tcp"}]
    (row,) = result.document["x-parity"]["services"]
    assert (row["ports"][0]["port"], row["ports"][0]["target"]) == (80, 8080)
    assert result.losses == {}


def test_a_probe_without_a_port_asks_the_one_that_serves(read):
    result = read_one(read, "{image: i, readinessProbe: {httpGet: {path: /ok}}}")
    assert result.web["x-parity"]["probes"]["readiness"]["http"]["port"] == 8080


def test_the_container_with_a_port_is_the_one_that_serves(read):
    result = read_one(read, TWO)
    assert result.web["image"] == "a"
    assert result.web["environment"] == {"PORT": "9000"}
    assert result.services["web-proxy"]["network_mode"] == "service:web"


def test_who_is_waited_for_holds_the_network(read):
    result = read_one(read, TWO, DEPENDS % '{"app": ["proxy"]}')
    assert result.web["network_mode"] == "service:web-proxy"
    assert result.web["depends_on"] == {
        "web-proxy": {"condition": "service_started", "required": True}
    }
    assert result.services["web-proxy"]["expose"] == ["9000"]


def test_instances(read):
    result = read_one(
        read,
        annotations="autoscaling.knative.dev/minScale: '2', autoscaling.knative.dev/maxScale: '5'",
    )
    assert result.web["deploy"]["replicas"] == 2
    assert result.web["x-parity"]["autoscaling"] == {"min": 2, "max": 5}
    assert "deploy" not in read_one(read).web


@pytest.mark.parametrize("more", ["containerConcurrency: 80", "timeoutSeconds: 300"])
def test_how_requests_are_spread_is_lost(read, more):
    assert list(read_one(read, more=more).losses) == [
        f"Service/web:spec.template.spec.{more.partition(':')[0]}"
    ]


def test_a_job_ends_and_is_tried_again(read):
    result = read(
        """
        apiVersion: run.googleapis.com/v1
        kind: Job
        metadata: {name: web}
        spec:
          template:
            metadata: {annotations: {a: b}}
            spec:
              taskCount: 3
              template:
                spec:
                  maxRetries: 1
                  containers: [{image: i, env: [{name: PW, valueFrom: {secretKeyRef: {name: db, key: latest}}}]}]
        """
    )
    assert result.web["restart"] == "on-failure:1"
    assert result.web["environment"] == {"PW": "${secret:db.latest}"}
    assert set(result.losses) == {
        "Job/web:spec.template.spec.taskCount",
        "Job/web:spec.template.metadata.annotations",
    }


@pytest.mark.parametrize(
    ("containers", "annotations", "words"),
    [
        (TWO, DEPENDS % '{"app": ["none"]}', "`none`"),
        (TWO, DEPENDS % '{"app": ["proxy"], "proxy": ["app"]}', "circle"),
        (TWO, DEPENDS % "[]", "must be JSON"),
        (TWO, DEPENDS % '{"app": [1]}', "must be JSON"),
        ("", "", "without containers"),
        ("x", "", "must be a table"),
        (ONE, "autoscaling.knative.dev/minScale: many", "whole number"),
    ],
)
def test_broken_services_are_refused(refused, containers, annotations, words):
    assert words in refused(SERVICE % (annotations, containers, "")).message
