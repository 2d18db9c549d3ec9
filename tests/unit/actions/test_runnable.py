"""What is good enough to compare need not be good enough to run."""

import pytest

from parity.actions.runnable import refuse_what_cannot_run
from parity.errors import DefinitionError
from parity.model.environment import Environment
from parity.sources import registry
from parity.sources.contract import Request

MANIFEST = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: web
        image: shop/web:1
        env:
        - name: COLOUR
          valueFrom: {configMapKeyRef: {name: settings, key: colour%s}}
"""
SETTINGS = """\
---
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {colour: blue}
"""


def read(tmp_path, text):
    (tmp_path / "web.yaml").write_text(text)
    return registry.source("kubernetes").start(Request("prod", tmp_path, ["web.yaml"])).result()


def test_a_missing_configmap_is_an_error_with_its_file(tmp_path):
    with pytest.raises(
        DefinitionError, match="ConfigMap settings is not in what was read"
    ) as caught:
        refuse_what_cannot_run(read(tmp_path, MANIFEST % ""))
    assert "web.yaml" in caught.value.where
    assert "configMapKeyRef" in caught.value.detail


@pytest.mark.parametrize(
    "text", [MANIFEST % "" + SETTINGS, SETTINGS + "---\n" + MANIFEST % ", optional: true"]
)
def test_what_is_there_runs(tmp_path, text):
    refuse_what_cannot_run(read(tmp_path, text))


def test_a_snapshot_does_not_run():
    with pytest.raises(DefinitionError, match="compared, and not run"):
        refuse_what_cannot_run(Environment("prod", "snapshot", ("prod.json",), {}))
