"""Reads manifests that a test writes down."""

import textwrap
from dataclasses import dataclass

import pytest

from parity.errors import DefinitionError
from parity.model.environment import Environment
from parity.sources.k8s.objects import objects
from parity.sources.k8s.translate import translate
from parity.sources.yaml_tree import parse


@dataclass(frozen=True)
class Result:
    environment: Environment

    @property
    def document(self):
        return self.environment.document

    @property
    def services(self):
        return self.environment.services

    @property
    def losses(self):
        return {loss.path: loss.reason for loss in self.environment.losses}

    @property
    def web(self):
        return self.services["web"]

    def where(self, *path):
        return str(self.environment.origins.of(path))


def things(*texts, namespace=""):
    text = "\n---\n".join(textwrap.dedent(each) for each in texts)
    return [thing for tree in parse(text, "m.yaml") for thing in objects(tree, namespace)]


def read(*texts, namespace=""):
    found = things(*texts, namespace=namespace)
    return Result(translate("prod", "kubernetes", ("m.yaml",), found, frozenset()))


def refused(*texts):
    with pytest.raises(DefinitionError) as caught:
        read(*texts)
    assert caught.value.where.startswith("m.yaml:")
    assert caught.value.next_step
    return caught.value


def pod(container="", spec="", kind="Deployment", name="web", more=""):
    """A workload with one container; `container`, `spec` and `more` are flow-style additions."""
    return f"""
        apiVersion: {"v1" if kind == "Pod" else "batch/v1" if "Job" in kind else "apps/v1"}
        kind: {kind}
        metadata: {{name: {name}}}
        spec:
          {more}
          template:
            metadata: {{labels: {{app: {name}}}}}
            spec:
              {spec}
              containers:
              - {{name: c, image: "i:1", {container}}}
        """


@pytest.fixture(name="read")
def _read():
    return read


@pytest.fixture(name="refused")
def _refused():
    return refused


@pytest.fixture(name="things")
def _things():
    return things


@pytest.fixture(name="pod")
def _pod():
    return pod
