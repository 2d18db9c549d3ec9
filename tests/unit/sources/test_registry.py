"""Sources are found by walking the package, and asked the most particular first."""

import sys
from pathlib import Path

import pytest

from parity.errors import UsageError
from parity.model.project import Notation
from parity.sources import registry


def test_every_word_of_parity_toml_is_a_source():
    assert set(registry.names()) == set(Notation.__args__)


def test_helpers_are_no_sources():
    assert "contract" not in registry.names()
    assert not any("_" in name for name in registry.names())
    files = {file.stem for file in Path(registry.__file__).parent.glob("*.py")}
    assert set(registry.names()) < files


@pytest.mark.parametrize("name", ["nothing", "contract", "k8s", "ledger", "", "a.b", "../x", "os"])
def test_an_unknown_source_is_told_with_those_there_are(name):
    with pytest.raises(UsageError) as caught:
        registry.source(name)
    assert "compose, docker" in caught.value.next_step


def test_only_the_source_that_is_asked_for_is_imported(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("parity.sources.")]:
        monkeypatch.delitem(sys.modules, name)
    assert registry.source("compose").SOURCE == "compose"
    assert "parity.sources.ecs" not in sys.modules
    assert "parity.sources.kubernetes" not in sys.modules


@pytest.mark.parametrize(
    ("file", "text", "source"),
    [
        ("compose.yaml", "services:\n  a: {image: a}\n", "compose"),
        ("docker-stack.yml", "services:\n  a: {image: a}\n", "swarm"),
        ("web.yaml", "apiVersion: apps/v1\nkind: Deployment\n", "kubernetes"),
        ("svc.yaml", "apiVersion: serving.knative.dev/v1\nkind: Service\n", "cloudrun"),
        ("task.json", '{"containerDefinitions": []}', "ecs"),
        (".env.prod", "A=1\n", "dotenv"),
        ("README.md", "services:\n", ""),
        ("values.yaml", "replicas: 2\n", ""),
    ],
)
def test_a_file_is_taken_by_one_source(tmp_path, file, text, source):
    (tmp_path / file).write_text(text)
    assert registry.recognise(tmp_path / file) == source


def test_what_is_not_there_is_nobodys(tmp_path):
    assert registry.recognise(tmp_path / "gone.yaml") == ""
