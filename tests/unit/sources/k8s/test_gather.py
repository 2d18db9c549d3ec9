import shutil

import pytest

from parity.errors import DefinitionError
from parity.sources.k8s.gather import FilePart, KustomizationPart, parts

CONFIG = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"


def write(folder, *names, text=CONFIG):
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def refusal(path):
    with pytest.raises(DefinitionError) as caught:
        [thing for part in parts(path) for thing in part.read("")]
    return caught.value


def test_a_file_is_itself(tmp_path):
    write(tmp_path, "a.yaml")
    assert parts(tmp_path / "a.yaml") == [FilePart(tmp_path / "a.yaml")]


def test_a_folder_is_its_manifests_in_order_whatever_their_depth(tmp_path):
    write(tmp_path, "b.yml", "a/c.json", "z.yaml", "README.md", ".git/x.yaml")
    assert [part.file.name for part in parts(tmp_path)] == ["c.json", "b.yml", "z.yaml"]


def test_objects_come_from_the_file_with_their_lines(tmp_path):
    write(tmp_path, "a.yaml")
    (part,) = parts(tmp_path / "a.yaml")
    (thing,) = part.read("shop")
    assert thing.namespace == "shop"
    assert thing.at("kind").where == f"{tmp_path / 'a.yaml'}:2"


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
@pytest.mark.parametrize("name", ["kustomization.yaml", ""])
def test_a_kustomization_is_built(tmp_path, name):
    write(tmp_path, "kustomization.yaml", text="resources: [a.yaml]\nnamePrefix: x-\n")
    write(tmp_path, "a.yaml")
    (part,) = parts(tmp_path / name)
    assert isinstance(part, KustomizationPart)
    (thing,) = part.read("")
    assert thing.name == "x-a"
    assert thing.at("kind").where == f"{tmp_path / 'a.yaml'}:2"


@pytest.mark.skipif(not shutil.which("kubectl"), reason="kubectl is not installed")
def test_a_component_alone_cannot_be_built(tmp_path):
    text = (
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: none}]\n"
    )
    write(tmp_path, "kustomization.yaml", text=text)
    assert "Component" in refusal(tmp_path).message


def test_several_kustomizations_are_alternatives(tmp_path, monkeypatch):
    write(tmp_path, "dev/kustomization.yaml", "prod/kustomization.yaml", text="resources: []")
    error = refusal(tmp_path)
    assert "2 kustomizations" in error.message
    assert str(tmp_path / "prod") in error.next_step


def test_a_kustomization_beside_plain_manifests_is_refused(tmp_path):
    write(tmp_path, "a.yaml")
    write(tmp_path, "prod/kustomization.yaml", text="resources: []")
    assert "plain manifests" in refusal(tmp_path).message


def test_a_chart_must_be_rendered(tmp_path):
    write(tmp_path, "Chart.yaml", "templates/a.yaml")
    assert "helm template" in refusal(tmp_path).next_step


def test_a_template_is_called_one(tmp_path):
    write(tmp_path, "a.yaml", text="{{- if .Values.x }}\na: b\n{{- end }}\n")
    error = refusal(tmp_path / "a.yaml")
    assert error.message == "a template: `{{` stands in it"
    assert error.where.startswith(f"{tmp_path / 'a.yaml'}:")


def test_broken_yaml_is_called_broken(tmp_path):
    write(tmp_path, "a.yaml", text="a: [\n")
    assert "not YAML" in refusal(tmp_path / "a.yaml").message


def test_folders_without_manifests_and_missing_ones_are_refused(tmp_path):
    assert "no manifests" in refusal(tmp_path).message
    assert "no such" in refusal(tmp_path / "none").message
    assert "no such" in refusal(tmp_path / "a\0b").message
