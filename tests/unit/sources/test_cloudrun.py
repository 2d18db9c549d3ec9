import pytest

from parity.errors import DefinitionError
from parity.sources import cloudrun, kubernetes
from parity.sources.contract import Request

SERVICE = """\
apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: web
  annotations: {run.googleapis.com/ingress: all}
spec:
  template:
    metadata: {annotations: {autoscaling.knative.dev/maxScale: "5"}}
    spec:
      containerConcurrency: 80
      containers:
      - image: gcr.io/shop/web:1
        ports: [{name: http1, containerPort: 8080}]
        env:
        - {name: TZ, value: UTC}
        - {name: PW, valueFrom: {secretKeyRef: {name: db, key: latest}}}
        resources: {limits: {cpu: 1000m, memory: 512Mi}}
        startupProbe: {tcpSocket: {port: 8080}}
  traffic: [{percent: 100, latestRevision: true}]
"""


def read(root, *files):
    return cloudrun.start(Request("prod", root, files=files)).result()


def test_a_service_is_an_environment(tmp_path):
    (tmp_path / "service.yaml").write_text(SERVICE)
    environment = read(tmp_path, "service.yaml")
    web = environment.services["web"]
    assert (environment.source, web["image"]) == ("cloudrun", "gcr.io/shop/web:1")
    assert web["environment"] == {"TZ": "UTC", "PW": "${secret:db.latest}", "PORT": "8080"}
    assert web["deploy"]["resources"]["limits"] == {"cpus": 1, "memory": "536870912"}
    assert {loss.path for loss in environment.losses} == {
        "Service/web:metadata.annotations",
        "Service/web:spec.template.spec.containerConcurrency",
        "Service/web:spec.traffic",
    }
    origin = environment.origins.of(("services", "web", "image"))
    assert str(origin) == f"{tmp_path / 'service.yaml'}:12"


def test_what_is_kubernetes_own_is_refused_with_a_hint(tmp_path):
    (tmp_path / "a.yaml").write_text("apiVersion: v1\nkind: Service\nmetadata: {name: web}\n")
    with pytest.raises(DefinitionError, match="Service/web") as caught:
        read(tmp_path, "a.yaml")
    assert "kubernetes" in caught.value.next_step
    assert caught.value.where == f"{tmp_path / 'a.yaml'}:1"


def test_nothing_named_is_refused_with_where_to_get_it(tmp_path):
    with pytest.raises(DefinitionError) as caught:
        read(tmp_path)
    assert "gcloud" in caught.value.next_step


def test_other_objects_beside_a_service_are_losses(tmp_path):
    trigger = "---\napiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: {name: t}\n"
    (tmp_path / "a.yaml").write_text(SERVICE + trigger)
    assert "Trigger/t" in {loss.path for loss in read(tmp_path, "a.yaml").losses}


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("a.yaml", SERVICE, True),
        ("a.json", '{"apiVersion": "run.googleapis.com/v1", "kind": "Job"}', True),
        ("a.yaml", "apiVersion: v1\nkind: Service", False),
        ("a.txt", SERVICE, False),
    ],
)
def test_services_are_recognised(tmp_path, name, text, known):
    (tmp_path / name).write_text(text)
    assert cloudrun.recognises(tmp_path / name) is known
    assert not (known and kubernetes.recognises(tmp_path / name))
    assert not cloudrun.recognises(tmp_path)


def test_it_is_silent_where_the_platform_decides():
    assert kubernetes.SILENT < cloudrun.SILENT
