"""What an answer depends on: everything that changes it changes the key."""

import os

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


@pytest.mark.parametrize(
    ("definition", "name"),
    [
        ("env_file: my web.env", "my web.env"),
        ("env_file: ${FOLDER_IN_DOTENV}/x.env", "there/x.env"),
        ("env_file: ~/x.env", "x.env"),
    ],
)
def test_a_file_named_in_an_unusual_way_counts(tmp_path, monkeypatch, definition, name):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".env").write_text(f"FOLDER_IN_DOTENV={tmp_path / 'there'}\n")
    (tmp_path / "compose.yaml").write_text(f"services:\n  web:\n    {definition}\n")
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("A=1")
    before = key(tmp_path)
    (tmp_path / name).write_text("A=2")
    assert key(tmp_path) != before


def test_names_in_a_second_file_are_relative_to_the_first(tmp_path):
    (tmp_path / "deploy").mkdir()
    (tmp_path / "compose.yaml").write_text("services: {web: {image: a}}")
    (tmp_path / "deploy" / "more.yaml").write_text("services:\n  web:\n    env_file: x.env\n")
    (tmp_path / "x.env").write_text("A=1")
    files = ("compose.yaml", "deploy/more.yaml")
    before = key(tmp_path, files=files)
    (tmp_path / "x.env").write_text("A=2")
    assert key(tmp_path, files=files) != before


def test_what_is_included_with_a_project_directory_is_relative_to_that(tmp_path):
    for folder in ("in", "of", "of/deep"):
        (tmp_path / folder).mkdir()
    (tmp_path / "compose.yaml").write_text(
        "include:\n  - path: in/i.yaml\n    project_directory: of/deep\n"
    )
    (tmp_path / "in/i.yaml").write_text("services:\n  web:\n    env_file: x.env\n")
    (tmp_path / "of/deep/x.env").write_text("A=1")
    before = key(tmp_path)
    (tmp_path / "of/deep/x.env").write_text("A=2")
    assert key(tmp_path) != before


def test_a_variable_in_an_env_file_of_any_name_counts(tmp_path, monkeypatch):
    (tmp_path / "compose.yaml").write_text("services:\n  web:\n    env_file: app.conf\n")
    (tmp_path / "app.conf").write_text("A=${ONLY_HERE:-1}")
    before = key(tmp_path)
    monkeypatch.setenv("ONLY_HERE", "x")
    assert key(tmp_path) != before


def test_profiles_and_the_order_of_files_count(folder):
    assert key(folder, profiles=("jobs",)) != key(folder)
    one, two = ("compose.yaml", "included.yaml"), ("included.yaml", "compose.yaml")
    assert key(folder, files=one) != key(folder, files=two)


@pytest.mark.parametrize("name", ["kustomization.yml", "Kustomization"])
def test_a_base_with_another_file_name_counts(tmp_path, name):
    for folder in ("overlay", "base"):
        (tmp_path / folder).mkdir()
    (tmp_path / "overlay/kustomization.yaml").write_text("resources:\n- ../base\n")
    (tmp_path / "base" / name).write_text("resources:\n- web.yaml\n")
    (tmp_path / "base/web.yaml").write_text("kind: Deployment")
    table = EnvironmentTable(source="kubernetes", files=("overlay",))
    before = key_of([table], tmp_path, [], "")
    (tmp_path / "base/web.yaml").write_text("kind: StatefulSet")
    assert key_of([table], tmp_path, [], "") != before


@pytest.mark.parametrize(
    "base", ["github.com/shop/deploy//base?ref=v1", "git@example.org:shop/deploy.git"]
)
def test_a_remote_base_cannot_be_known(tmp_path, base):
    (tmp_path / "kustomization.yaml").write_text(f"resources:\n- {base}\n")
    table = EnvironmentTable(source="kubernetes", files=("kustomization.yaml",))
    with pytest.raises(Uncertain):
        key_of([table], tmp_path, [], "")


def test_a_loop_of_links_and_a_pipe_are_no_content(tmp_path):
    (tmp_path / "compose.yaml").symlink_to("compose.yaml")
    os.mkfifo(tmp_path / "parity.toml")
    assert key(tmp_path) == key(tmp_path)
