import json
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from parity import kubectl_cli
from parity.errors import DefinitionError, ParityError
from parity.sources import kubernetes
from parity.sources.contract import Request

MANIFEST = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: c}
data: {TZ: UTC, app.conf: "a\\nb"}
---
apiVersion: v1
kind: Secret
metadata: {name: s}
data: {password: aHVudGVyMg==}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      initContainers: [{name: migrate, image: "m:1", args: ["$(PW)"]}]
      containers:
      - name: app
        image: "a:1"
        ports: [{name: http, containerPort: 8080}]
        envFrom: [{configMapRef: {name: c}}]
        env:
        - {name: PW, valueFrom: {secretKeyRef: {name: s, key: password}}}
        - {name: URL, value: "pg://u:$(PW)@db"}
        resources: {limits: {cpu: 500m, memory: 64Mi}}
        readinessProbe: {httpGet: {path: /, port: http}}
        volumeMounts: [{name: v, mountPath: /etc/app}, {name: t, mountPath: /tmp}]
        securityContext: {runAsUser: 5, capabilities: {drop: [ALL]}}
      volumes:
      - {name: v, configMap: {name: c, items: [{key: app.conf, path: app.conf}]}}
      - {name: t, emptyDir: {medium: Memory, sizeLimit: 1Mi}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {type: LoadBalancer, selector: {app: web}, ports: [{port: 80, targetPort: http}]}
"""
HAS_KUBECTL = pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")


def request(root, *files, **options):
    return Request("prod", root, files=files, **options)


def read(root, *files, **options):
    return kubernetes.start(request(root, *files, **options)).result()


def test_a_file_is_an_environment(tmp_path):
    (tmp_path / "web.yaml").write_text(MANIFEST)
    environment = read(tmp_path, "web.yaml")
    assert list(environment.services) == ["web-init-migrate", "web"]
    assert environment.files == (str(tmp_path / "web.yaml"),)
    assert environment.values == {"s.password": "hunter2"}
    assert "hunter2" not in repr(environment)
    assert environment.silent == kubernetes.SILENT
    origin = environment.origins.of(("services", "web", "environment", "TZ"))
    assert str(origin) == f"{tmp_path / 'web.yaml'}:4"


def test_files_and_folders_are_read_together(tmp_path):
    one, two = MANIFEST.split("---\n", 1)
    (tmp_path / "config.yaml").write_text(one)
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "web.yaml").write_text(two)
    assert read(tmp_path, "config.yaml", "app").services["web"]["environment"]["TZ"] == "UTC"


def test_json_and_lists_are_read(tmp_path):
    items = [
        {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": "p"},
            "spec": {"containers": [{"name": "c", "image": "i"}]},
        }
    ]
    (tmp_path / "p.json").write_text(
        json.dumps({"apiVersion": "v1", "kind": "List", "items": items})
    )
    assert list(read(tmp_path, "p.json").services) == ["p"]


@HAS_KUBECTL
def test_a_kustomization_is_built_and_its_values_are_found_again(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "web.yaml").write_text(MANIFEST)
    (tmp_path / "base" / "kustomization.yaml").write_text("resources: [web.yaml]\n")
    (tmp_path / "prod").mkdir()
    (tmp_path / "prod" / "kustomization.yaml").write_text(
        "resources: [../base]\nreplicas: [{name: web, count: 5}]\n"
        "configMapGenerator: [{name: extra, literals: [A=b]}]\n"
    )
    environment = read(tmp_path, "prod")
    assert environment.services["web"]["deploy"]["replicas"] == 5
    found = environment.origins.of(("services", "web", "image"))
    assert str(found) == f"{tmp_path / 'base' / 'web.yaml'}:23"


class Live:
    """A namespace as `kubectl get -o json` prints it."""

    def __init__(self, *items, refused=()):
        self.items, self.refused = items, refused

    def text(self):
        return json.dumps({"apiVersion": "v1", "kind": "List", "items": self.items}), self.refused


def live_object(kind, name, spec, api="apps/v1", **metadata):
    about = {
        "name": name,
        "namespace": "shop",
        "uid": "1",
        "resourceVersion": "7",
        "managedFields": [{"manager": "x"}],
        **metadata,
    }
    return {"apiVersion": api, "kind": kind, "metadata": about, "spec": spec, "status": {"a": 1}}


def test_a_live_namespace_is_read(tmp_path, monkeypatch):
    pod = {
        "metadata": {"labels": {"app": "web"}, "creationTimestamp": None},
        "spec": {"containers": [{"name": "c", "image": "i:1", "resources": {}}]},
    }
    deployment = live_object("Deployment", "web", {"replicas": 2, "template": pod})
    owners = [{"kind": "Deployment", "name": "web", "controller": True}]
    replica_set = live_object("ReplicaSet", "web-5d", {"template": pod}, ownerReferences=owners)
    asked = []

    def namespace(name, context):
        asked.append((name, context))
        return Live(deployment, replica_set, refused=("secrets is forbidden",))

    monkeypatch.setattr(kubectl_cli, "namespace", namespace)
    environment = read(tmp_path, project="shop", context="prod")
    assert asked == [("shop", "prod")]
    assert list(environment.services) == ["web"]
    assert environment.files == ("namespace shop in prod",)
    assert [(loss.path, loss.reason) for loss in environment.losses] == [
        ("namespace shop in prod", "secrets is forbidden")
    ]


def test_a_project_beside_files_is_their_namespace(tmp_path):
    (tmp_path / "web.yaml").write_text(MANIFEST)
    environment = read(tmp_path, "web.yaml", project="shop")
    assert "web.shop" in environment.document["x-parity"]["services"][0]["names"]


def test_nothing_named_is_refused(tmp_path):
    with pytest.raises(DefinitionError, match="no manifests are named") as caught:
        kubernetes.start(request(tmp_path))
    assert "namespace" in caught.value.next_step


def test_a_file_that_is_not_there_is_refused_at_once(tmp_path):
    for name in ("none.yaml", "a\0b"):
        with pytest.raises(DefinitionError, match="no such"):
            kubernetes.start(request(tmp_path, name))


@pytest.mark.parametrize(
    ("name", "text", "known"),
    [
        ("a.yaml", MANIFEST, True),
        ("a.yaml", "# c\n---\n" + MANIFEST, True),
        ("a.json", '{\n "apiVersion": "v1",\n "kind": "Pod"}', True),
        ("kustomization.yaml", "resources: []", True),
        ("a.yaml", "services: {}", False),
        ("a.yaml", "apiVersion: serving.knative.dev/v1\nkind: Service", False),
        ("a.txt", MANIFEST, False),
        ("a.json", '{"family": "x"}', False),
    ],
)
def test_manifests_are_recognised(tmp_path, name, text, known):
    (tmp_path / name).write_text(text)
    assert kubernetes.recognises(tmp_path / name) is known
    assert kubernetes.recognises(tmp_path) is known


def test_recognising_never_raises(tmp_path):
    (tmp_path / "a.yaml").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "a.yaml", tmp_path / "none", Path("a\0b"), tmp_path):
        assert kubernetes.recognises(path) is False


LINES = MANIFEST.splitlines(keepends=True)


def tried(path, text):
    """The environment or the reason; anything but a ParityError is a failure."""
    path.write_text(text, encoding="utf-8")
    try:
        return kubernetes.start(request(path.parent, path.name)).result()
    except ParityError as error:
        assert error.message
        assert str(path.parent) in error.where
        assert error.next_step
        return None


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.integers(0, len(MANIFEST)))
def test_a_manifest_cut_anywhere_is_read_or_refused(tmp_path, length):
    tried(tmp_path / "m.yaml", MANIFEST[:length])


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.integers(0, len(MANIFEST) - 1),
    st.sampled_from(
        [
            "",
            "{",
            "}",
            "[",
            "]",
            ":",
            "\t",
            "x",
            "0",
            "null",
            "'",
            '"',
            "- ",
            "&a ",
            "*a",
            "$(",
            "\n",
            "{{ .x }}",
        ]
    ),
    st.integers(0, 12),
)
def test_a_manifest_with_an_accident_is_read_or_refused(tmp_path, at, what, cut):
    tried(tmp_path / "m.yaml", MANIFEST[:at] + what + MANIFEST[at + cut :])


VALUES = st.sampled_from(
    [None, True, 0, -1, 1.5, "", "x", [], {}, [None], ["x"], {"a": "b"}, [{}], "9" * 400]
)


def nodes(tree, path=()):
    yield path
    if isinstance(tree, dict):
        for key in tree:
            yield from nodes(tree[key], (*path, key))
    elif isinstance(tree, list):
        for index in range(len(tree)):
            yield from nodes(tree[index], (*path, index))


def replaced(tree, path, value):
    if not path:
        return value
    copy = dict(tree) if isinstance(tree, dict) else list(tree)
    copy[path[0]] = replaced(tree[path[0]], path[1:], value)
    return copy


@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data(), VALUES)
def test_any_value_at_any_place_is_read_or_refused(tmp_path, data, value):
    import yaml

    trees = list(yaml.safe_load_all(MANIFEST))
    which = data.draw(st.integers(0, len(trees) - 1))
    place = data.draw(st.sampled_from(sorted(nodes(trees[which]), key=repr)))
    trees[which] = replaced(trees[which], place, value)
    tried(tmp_path / "m.yaml", yaml.safe_dump_all(trees))
