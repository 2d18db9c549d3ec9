"""What an answer depends on: everything that changes it changes the key."""

import pytest

from parity.actions.inputs import Uncertain, key_of
from parity.model.project import EnvironmentTable

COMPOSE = """\
include:
  - path: included.yaml
services:
  web:
    image: web:${TAG:-1}
    extends: {file: "base/common.yaml", service: web}
    env_file:
      - env/web.env
      - path: env/optional.env
        required: false
    environment:
      - TAKEN_OVER
    volumes:
      - ./nginx.conf:/etc/nginx/nginx.conf:ro
configs:
  app:
    file: ${FOLDER:-conf}/app.conf
"""


@pytest.fixture
def folder(tmp_path):
    for name, text in {
        "compose.yaml": COMPOSE,
        "included.yaml": "services: {a: {image: a, env_file: [nested.env]}}",
        "nested.env": "A=1",
        "base/common.yaml": "services: {web: {build: .}}",
        "env/web.env": "B=1",
        "nginx.conf": "events {}",
        "conf/app.conf": "x",
        "other.txt": "no part of it",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)
    return tmp_path


def key(folder, **table):
    table = {"files": ("compose.yaml",), **table}
    return key_of([EnvironmentTable(**table)], folder, [folder / "parity.toml"], "salt")


def test_nothing_changed(folder):
    assert key(folder) == key(folder)


@pytest.mark.parametrize(
    "name",
    [
        "compose.yaml",
        "included.yaml",
        "nested.env",
        "base/common.yaml",
        "env/web.env",
        "env/optional.env",
        "nginx.conf",
        "conf/app.conf",
        ".env",
        "parity.toml",
    ],
)
def test_a_file_that_changed_or_came_changes_the_key(folder, name):
    before = key(folder)
    with (folder / name).open("a") as file:
        file.write("\n# changed")
    assert key(folder) != before


def test_a_file_that_is_no_part_of_it_does_not(folder):
    before = key(folder)
    (folder / "other.txt").write_text("changed")
    assert key(folder) == before


@pytest.mark.parametrize("name", ["TAG", "TAKEN_OVER", "FOLDER"])
def test_a_variable_that_is_used_changes_the_key(folder, monkeypatch, name):
    before = key(folder)
    monkeypatch.setenv(name, "x")
    assert key(folder) != before


def test_a_variable_that_is_not_used_does_not(folder, monkeypatch):
    before = key(folder)
    monkeypatch.setenv("NOT_IN_ANY_OF_THEM", "x")
    assert key(folder) == before


def test_a_file_behind_a_variable_is_followed(folder, monkeypatch):
    (folder / "elsewhere").mkdir()
    (folder / "elsewhere" / "app.conf").write_text("1")
    monkeypatch.setenv("FOLDER", "elsewhere")
    before = key(folder)
    (folder / "elsewhere" / "app.conf").write_text("2")
    assert key(folder) != before


def test_a_kustomization_counts_with_its_bases(tmp_path):
    for name, text in {
        "overlay/kustomization.yaml": "resources:\n- ../base\npatches:\n- path: patch.yaml\n",
        "overlay/patch.yaml": "a: 1",
        "base/kustomization.yaml": "resources:\n- web.yaml\n",
        "base/web.yaml": "kind: Deployment",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    table = EnvironmentTable(source="kubernetes", files=("overlay",))
    before = key_of([table], tmp_path, [], "")
    (tmp_path / "base/web.yaml").write_text("kind: StatefulSet")
    assert key_of([table], tmp_path, [], "") != before


@pytest.mark.parametrize(
    "text", ["include:\n  - https://example.org/x.yaml\n", "include:\n  - path: oci://a/b\n"]
)
def test_what_is_remote_cannot_be_known(folder, text):
    (folder / "compose.yaml").write_text(text)
    with pytest.raises(Uncertain):
        key(folder)


def test_what_runs_cannot_be_known(folder):
    with pytest.raises(Uncertain):
        key(folder, source="docker", files=())
    with pytest.raises(Uncertain):
        key(folder, source="kubernetes", files=())
