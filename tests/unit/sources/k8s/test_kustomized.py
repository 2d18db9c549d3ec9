from pathlib import Path

import pytest

from parity.sources.k8s.kustomized import Kustomized, is_component

DEPLOYMENT = """\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: 1
  template:
    spec:
      containers:
      - name: app
        image: app:1
"""
PATCH = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: 3
"""
BUILT = {
    "kind": "Deployment",
    "metadata": {"name": "prod-web"},
    "spec": {
        "replicas": 3,
        "template": {"spec": {"containers": [{"name": "app", "image": "app:2", "tty": True}]}},
    },
}
IMAGE = ("spec", "template", "spec", "containers", 0, "image")


@pytest.fixture
def overlay(tmp_path):
    def write(name, text):
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    write("base/kustomization.yaml", "resources: [web.yaml, missing.yaml]\n")
    write("base/web.yaml", DEPLOYMENT)
    write("prod/kustomization.yaml", "resources: [../base, ../prod]\npatches: [{path: p.yaml}]\n")
    write("prod/p.yaml", PATCH)
    return tmp_path / "prod"


def origin(overlay, *path):
    found = Kustomized(overlay).origin(BUILT, path)
    return Path(found.file).name, found.line


def test_a_value_is_where_a_patch_or_a_resource_has_it(overlay):
    assert origin(overlay, "spec", "replicas") == ("p.yaml", 5)
    assert origin(overlay, *IMAGE[:-1], "name") == ("web.yaml", 10)


def test_a_value_that_the_kustomization_changed_points_to_its_neighbourhood(overlay):
    assert origin(overlay, *IMAGE[:-1], "tty")[0] == "web.yaml"


def test_what_is_nowhere_is_the_kustomizations(overlay):
    assert origin(overlay, "spec", "strategy", "type") == ("kustomization.yaml", 0)
    assert Kustomized(overlay).origin({"kind": "Pod", "metadata": {"name": "x"}}, ()).line == 0


def test_components_are_told_from_kustomizations(tmp_path, overlay):
    component = tmp_path / "c"
    component.mkdir()
    (component / "kustomization.yml").write_text("kind: Component\n")
    assert is_component(component)
    assert not is_component(overlay)
    assert not is_component(tmp_path)
